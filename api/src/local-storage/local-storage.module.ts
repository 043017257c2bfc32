import { type DynamicModule, Module } from '@nestjs/common';
import { MulterModule } from '@nestjs/platform-express';
import { FileObjectStore } from '@verbatim/adapters';
import { FormStorageEngine } from './form-storage-engine.ts';
import { LocalStorageController } from './local-storage.controller.ts';

@Module({
  providers: [
    {
      provide: FormStorageEngine,
      inject: [FileObjectStore],
      useFactory: (objects: FileObjectStore) => new FormStorageEngine(objects),
    },
  ],
  exports: [FormStorageEngine],
})
class FormStorageModule {}

@Module({
  imports: [
    MulterModule.registerAsync({
      imports: [FormStorageModule],
      inject: [FormStorageEngine],
      useFactory: (storage: FormStorageEngine) => ({
        storage,
        limits: { files: 1, fields: 10, fieldSize: 4096, headerPairs: 50 },
      }),
    }),
  ],
  controllers: [LocalStorageController],
})
class LocalStorageModule {}

export function localStorageModule(objects: FileObjectStore): DynamicModule {
  const provider = { provide: FileObjectStore, useValue: objects };
  return { module: LocalStorageModule, global: true, providers: [provider], exports: [provider] };
}
