import {
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
  type StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiExcludeController } from '@nestjs/swagger';
import { FileObjectStore, receiveUpload } from '@verbatim/adapters';
import { acceptObject } from '@verbatim/domain';
import type { Request, Response } from 'express';
import { SignedAddress } from '../auth/access.guard.ts';
import { AnnouncedSize } from '../http/announced-size.ts';
import { bytesOf } from '../http/bytes-of.ts';
import { contentDisposition } from '../http/content-disposition.ts';
import { serveObject } from '../http/serve-object.ts';
import { JobPorts } from '../jobs/job-ports.ts';
import { Refused } from '../refused.ts';
import type { StoredForm } from './form-storage-engine.ts';
import { keyOfPath, text } from './signed-request.ts';

/**
 * The storage of the `local` platform over HTTP: what S3 is on aws. Its addresses are signed, so nobody needs a key; they
 * are not in the OpenAPI document because nobody builds them by hand.
 */
@ApiExcludeController()
@SignedAddress()
@Controller('storage')
export class LocalStorageController {
  constructor(
    private readonly objects: FileObjectStore,
    private readonly ports: JobPorts,
  ) {}

  /** A form with the fields that came with the job, and then the file. */
  @Post('*key')
  @HttpCode(204)
  @UseInterceptors(AnnouncedSize, FileInterceptor('file'))
  async post(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const form = request.file as StoredForm | undefined;
    if (!form) {
      const message = 'file must be the last field of a multipart/form-data body';
      throw new Refused('request.invalid', { errors: [{ field: 'file', message }] });
    }
    await this.accept(form.key);
    response.set('ETag', `"${form.etag}"`);
  }

  /** A whole file, or a part of one: their addresses are signed apart. */
  @Put('*key')
  @HttpCode(200)
  @UseInterceptors(AnnouncedSize)
  async put(
    @Param('key') path: string[],
    @Query() query: Record<string, unknown>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const key = keyOfPath(path);
    const signed = { policy: text(query['policy']), signature: text(query['signature']) };
    const partNumber = text(query['partNumber']);
    if (partNumber !== undefined) {
      const uploadId = text(query['uploadId']) ?? '';
      const part = this.objects.links.verifyPart({ key, partNumber, uploadId, ...signed });
      const { etag } = await this.objects.multipart.receive(part, bytesOf(request));
      response.set('ETag', `"${etag}"`);
      return;
    }
    const contentType = request.get('content-type');
    const grant = this.objects.links.verifyUpload({ method: 'PUT', key, contentType, ...signed });
    const { etag } = await receiveUpload(this.objects, grant, bytesOf(request));
    await this.accept(grant.key);
    response.set('ETag', `"${etag}"`);
  }

  /** Whole, or the range that a player jumps to. */
  @Get(':bucket/*key')
  async get(
    @Param('bucket') bucketName: string,
    @Param('key') path: string[],
    @Query() query: Record<string, unknown>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile | undefined> {
    const { bucket, key, fileName } = this.objects.links.verifyDownload({
      bucket: bucketName,
      key: keyOfPath(path),
      policy: text(query['policy']),
      signature: text(query['signature']),
    });
    return serveObject(
      { objects: this.objects, bucket, key },
      request,
      response,
      contentDisposition('attachment', fileName),
    );
  }

  /** What S3's event does on aws. The file is safe already: if this fails, the reconciler finds it. */
  private async accept(key: string): Promise<void> {
    await acceptObject(key, this.ports).catch(this.ports.onDelay);
  }
}
