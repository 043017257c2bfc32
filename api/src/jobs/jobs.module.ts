import { Module } from '@nestjs/common';
import { MultipartController } from '../multipart/multipart.controller.ts';
import { JobController } from './job.controller.ts';
import { ListeningController } from './listening.controller.ts';
import { TranscriptController } from './transcript.controller.ts';

/** The use cases are functions; what they work with, JobPorts, is made once in the app's module for all who call them. */
@Module({
  controllers: [JobController, ListeningController, MultipartController, TranscriptController],
})
export class JobsModule {}
