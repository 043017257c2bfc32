import '@mantine/core/styles/Overlay.css';
import '@mantine/core/styles/ModalBase.css';
import '@mantine/core/styles/Modal.css';
import { Button, CloseButton, Group, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clockTime, moment } from '../language/format.ts';

/** Records from the microphone into a file like any other; `onDone` gets none when it was thrown away. */
export default function Recorder({ onDone, onClose }: { onDone(file: File | null): void; onClose(): void }) {
  const { t } = useTranslation('uploads');
  const recorder = useRef<MediaRecorder | null>(null);
  const [startedAt, setStartedAt] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<'denied' | 'none' | null>(null);

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => {
      clearInterval(timer);
      release(recorder.current);
    };
  }, []);

  async function start(): Promise<void> {
    if (!('MediaRecorder' in window)) return setProblem('none');
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const pieces: Blob[] = [];
      const started = new MediaRecorder(stream);
      started.ondataavailable = ({ data }) => pieces.push(data);
      started.onstop = () => {
        const type = started.mimeType.split(';')[0] ?? 'audio/webm';
        const name = t('recorder.name', { date: moment(new Date().toISOString()).replaceAll(':', '.') });
        setFile(new File(pieces, `${name}.${type === 'audio/mp4' ? 'm4a' : 'webm'}`, { type }));
        release(started);
      };
      started.start(1_000);
      recorder.current = started;
      setNow(Date.now());
      setStartedAt(Date.now());
    } catch {
      setProblem('denied');
    }
  }

  function finish(result: File | null): void {
    onDone(result);
    onClose();
  }

  const running = startedAt !== null && file === null;
  return (
    <Modal.Root opened onClose={() => finish(null)} centered transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('recorder.title')}>
        <Modal.Body pt="md">
          <Group justify="space-between" wrap="nowrap" mb="md">
            <Text fw={600}>{t('recorder.title')}</Text>
            <CloseButton aria-label={t('dismiss')} onClick={() => finish(null)} />
          </Group>
          <Stack>
            {problem && <Text c="red">{t(`recorder.${problem}`)}</Text>}
            {running && (
              <Text role="timer">{t('recorder.running', { time: clockTime((now - startedAt) / 1000) })}</Text>
            )}
            {file && (
              // biome-ignore lint/a11y/useMediaCaption: what was just said has no captions yet.
              <audio controls src={URL.createObjectURL(file)} />
            )}
            <Group justify="flex-end">
              {file ? (
                <>
                  <Button variant="subtle" color="gray" onClick={() => finish(null)}>
                    {t('recorder.discard')}
                  </Button>
                  <Button onClick={() => finish(file)}>{t('recorder.upload')}</Button>
                </>
              ) : running ? (
                <Button color="red" onClick={() => recorder.current?.stop()}>
                  {t('recorder.stop')}
                </Button>
              ) : (
                <Button onClick={() => void start()}>{t('recorder.start')}</Button>
              )}
            </Group>
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function release(recorder: MediaRecorder | null): void {
  for (const track of recorder?.stream.getTracks() ?? []) track.stop();
}
