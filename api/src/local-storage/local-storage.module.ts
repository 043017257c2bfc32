import { type DynamicModule, Module } from '@nestjs/common';
import { MulterModule } from '@nestjs/platform-express';
import { StorageLinks } from '@verbatim/adapters';
import { ObjectStore } from '@verbatim/domain';
import { FormStorageEngine } from './form-storage-engine.ts';
import { LocalStorageController } from './local-storage.controller.ts';

@Module({
  providers: [
    {
      provide: FormStorageEngine,
      inject: [StorageLinks, ObjectStore],
      useFactory: (links: StorageLinks, objects: ObjectStore) => new FormStorageEngine(links, objects),
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

export function localStorageModule(links: StorageLinks): DynamicModule {
  const provider = { provide: StorageLinks, useValue: links };
  return { module: LocalStorageModule, global: true, providers: [provider], exports: [provider] };
}
