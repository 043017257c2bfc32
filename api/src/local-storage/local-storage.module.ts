import { type DynamicModule, Module } from '@nestjs/common';
import { MulterModule } from '@nestjs/platform-express';
import { StorageLinks } from '@verbatim/adapters';
import { ObjectStore } from '@verbatim/domain';
import { FormStorageEngine } from './form-storage-engine.ts';
import { LocalStorageController } from './local-storage.controller.ts';

@Module({})
class LocalStorageModule {}

export function localStorageModule(links: StorageLinks): DynamicModule {
  return {
    module: LocalStorageModule,
    imports: [
      MulterModule.registerAsync({
        inject: [ObjectStore],
        useFactory: (objects: ObjectStore) => ({
          storage: new FormStorageEngine(links, objects),
          limits: { files: 1, fields: 10, fieldSize: 4096, headerPairs: 50 },
        }),
      }),
    ],
    controllers: [LocalStorageController],
    providers: [{ provide: StorageLinks, useValue: links }],
  };
}
