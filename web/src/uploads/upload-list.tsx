import { Stack } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Upload, useUploads } from './upload-queue.ts';
import { UploadRow } from './upload-row.tsx';
import { useUploadQueue } from './uploads.tsx';

/** What is on its way to the server, or was, and can go on. */
export function UploadList() {
  const { t } = useTranslation('uploads');
  const uploads = useUploads(useUploadQueue());
  return (
    <>
      <Announcements uploads={uploads} />
      {uploads.length > 0 && (
        <Stack component="ul" gap="xs" m={0} p={0} aria-label={t('list')}>
          {uploads.map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
        </Stack>
      )}
    </>
  );
}

/** Says to who can't see it when an upload begins to wait, or goes on: never how far it is, which changes all the time. */
function Announcements({ uploads }: { uploads: readonly Upload[] }) {
  const { t } = useTranslation('uploads');
  const before = useRef(new Map<string, Upload['state']>());
  const [said, say] = useState('');
  useEffect(() => {
    const changed = uploads.find(({ id, state }) => before.current.get(id) !== state && state !== 'waiting');
    before.current = new Map(uploads.map(({ id, state }) => [id, state]));
    if (changed)
      say(t(`said.${changed.state as Exclude<Upload['state'], 'waiting'>}`, { name: changed.name }));
  }, [uploads, t]);
  return (
    <div role="status" className="visually-hidden">
      {said}
    </div>
  );
}
