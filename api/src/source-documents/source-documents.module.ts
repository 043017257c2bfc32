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
        // A prompt of 1000 characters is up to 4000 bytes; keywords come as a field each.
        limits: { files: 1, fields: 60, fieldSize: 4096, headerPairs: 50 },
      }),
    }),
  ],
  controllers: [SourceDocumentsController],
})
export class SourceDocumentsModule {}
