import { callbackify } from 'node:util';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { ByteStream } from '@verbatim/domain';
import type { Request } from 'express';
import type multer from 'multer';
import { bytesOf } from './bytes-of.ts';

export type IncomingPart = Omit<Express.Multer.File, 'stream'> & { body: ByteStream };

/** A multer engine that holds no file, neither in memory nor on disk: bytes pass on as they come. */
export abstract class StreamingEngine<Stored extends object>
  implements multer.StorageEngine, OnApplicationShutdown
{
  private readonly running = new Set<Promise<unknown>>();

  /** Answers what the route is handed as the file; when it throws, it leaves nothing behind. */
  protected abstract store(request: Request, part: IncomingPart): Promise<Stored>;

  /** The request broke off after its file was stored. */
  protected abstract discard(stored: Stored): Promise<void>;

  _handleFile(
    request: Request,
    file: Express.Multer.File,
    done: (error?: unknown, info?: object) => void,
  ): void {
    const stored = this.storeOrDrain(request, file);
    this.running.add(stored);
    callbackify(() => stored.finally(() => this.running.delete(stored)))(done);
  }

  _removeFile(
    _request: Request,
    file: Express.Multer.File & Stored,
    done: (error: Error | null) => void,
  ): void {
    callbackify(() => this.discard(file))(done);
  }

  /** Uploads that the end of the program cut off are taken back before the platform closes. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private async storeOrDrain(request: Request, file: Express.Multer.File): Promise<Stored> {
    try {
      return await this.store(request, { ...file, body: bytesOf(file.stream) });
    } catch (error) {
      // What still comes of a refused file has to go somewhere, or the client waits for ever to send it.
      file.stream.resume();
      throw error;
    }
  }
}
