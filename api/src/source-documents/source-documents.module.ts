import { Module } from '@nestjs/common';
import { MulterModule } from '@nestjs/platform-express';
import { JobPorts } from '../jobs/job-ports.ts';
import { JobStorageEngine } from './job-storage-engine.ts';
import { SourceDocumentsController } from './source-documents.controller.ts';

@Module({
  providers: [
    {
      provide: JobStorageEngine,
      inject: [JobPorts],
      useFactory: (ports: JobPorts) => new JobStorageEngine(ports),
    },
  ],
  exports: [JobStorageEngine],
})
class StreamedUploadModule {}

@Module({
  imports: [
    MulterModule.registerAsync({
      imports: [StreamedUploadModule],
      inject: [JobStorageEngine],
      useFactory: (storage: JobStorageEngine) => ({
        storage,
        // Browsers and curl send names in UTF-8.
        defParamCharset: 'utf8',
        limits: { files: 1, fields: 10, fieldSize: 1024, headerPairs: 50 },
      }),
    }),
  ],
  controllers: [SourceDocumentsController],
})
export class SourceDocumentsModule {}
