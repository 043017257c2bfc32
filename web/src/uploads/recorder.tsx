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
  const [problem, setProblem] = useState<'denied' | 'missing' | 'none' | null>(null);
  const atStake = startedAt !== null;
  const running = atStake && file === null;
  const preview = useAddressOf(file);

  useEffect(() => () => release(recorder.current), []);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [running]);
  useEffect(() => {
    if (!atStake) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [atStake]);

  async function start(): Promise<void> {
    // The second is missing where a page is not trusted: over http from another machine.
    if (!('MediaRecorder' in window && 'mediaDevices' in navigator)) return setProblem('none');
    setProblem(null);
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
    } catch (error) {
      setProblem(error instanceof DOMException && error.name === 'NotFoundError' ? 'missing' : 'denied');
    }
  }

  function finish(result: File | null): void {
    onDone(result);
    onClose();
  }

  return (
    // A recording is thrown away by its button alone, not by a click beside it.
    <Modal.Root opened onClose={() => !atStake && finish(null)} centered transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('recorder.title')}>
        <Modal.Body pt="md">
          <Group justify="space-between" wrap="nowrap" mb="md">
            <Text fw={600}>{t('recorder.title')}</Text>
            {!atStake && <CloseButton aria-label={t('dismiss')} onClick={() => finish(null)} />}
          </Group>
          <Stack>
            {problem && (
              <Text c="red" role="alert">
                {t(`recorder.${problem}`)}
              </Text>
            )}
            {running && (
              <Text role="timer">{t('recorder.running', { time: clockTime((now - startedAt) / 1000) })}</Text>
            )}
            {preview && (
              // biome-ignore lint/a11y/useMediaCaption: what was just said has no captions yet.
              <audio controls src={preview} />
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

/** For as long as it is shown. */
function useAddressOf(file: File | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!file) return;
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}

function release(recorder: MediaRecorder | null): void {
  for (const track of recorder?.stream.getTracks() ?? []) track.stop();
}
