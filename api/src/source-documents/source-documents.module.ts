import { Module } from '@nestjs/common';
import { MulterModule } from '@nestjs/platform-express';
import { JobPorts } from '../jobs/job-ports.ts';
import { SourceDocumentsController } from './source-documents.controller.ts';
import { JobStorageEngine } from './streamed-upload.ts';

@Module({
  imports: [
    MulterModule.registerAsync({
      inject: [JobPorts],
      useFactory: (ports: JobPorts) => ({
        storage: new JobStorageEngine(ports),
        // Browsers and curl send names in UTF-8.
        defParamCharset: 'utf8',
        limits: { files: 1, fields: 10, fieldSize: 1024, headerPairs: 50 },
      }),
    }),
  ],
  controllers: [SourceDocumentsController],
})
export class SourceDocumentsModule {}
