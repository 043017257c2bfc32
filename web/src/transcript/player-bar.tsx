import { ActionIcon, Box, Group, Skeleton, Text } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward5,
  IconRewindForward5,
} from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import WaveSurfer from 'wavesurfer.js';
import { clockTime } from '../language/format.ts';
import type { components } from '../server/server-client.ts';
import { type Player, useIsPlayable, usePlaying, useSeconds } from './player.ts';
import classes from './player-bar.module.css';

const speeds = [1, 1.25, 1.5, 2, 0.75];

/** Play, jump, and see where you are. */
export function PlayerBar({
  player,
  peaks,
  durationSeconds,
}: {
  player: Player;
  peaks: components['schemas']['Peaks'] | undefined;
  durationSeconds: number;
}) {
  const { t } = useTranslation('transcript');
  const playing = usePlaying(player);
  const playable = useIsPlayable(player);
  const seconds = useSeconds(player);
  const [speed, setSpeed] = useState(1);

  function nextSpeed(): void {
    const next = speeds[(speeds.indexOf(speed) + 1) % speeds.length] ?? 1;
    player.setSpeed(next);
    setSpeed(next);
  }

  return (
    <Box className={classes.bar}>
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('backward')}
          title={t('backward')}
          onClick={() => player.skip(-5)}
        >
          <IconRewindBackward5 size={20} stroke={1.6} />
        </ActionIcon>
        <ActionIcon
          size="xl"
          radius="xl"
          aria-label={playing ? t('pause') : t('play')}
          title={t('keys')}
          onClick={() => player.toggle()}
        >
          {playing ? <IconPlayerPauseFilled size={20} /> : <IconPlayerPlayFilled size={20} />}
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('forward')}
          title={t('forward')}
          onClick={() => player.skip(5)}
        >
          <IconRewindForward5 size={20} stroke={1.6} />
        </ActionIcon>
      </Group>
      <div className={classes.outline}>
        {peaks ? (
          <Outline player={player} peaks={peaks} durationSeconds={durationSeconds} />
        ) : (
          <Skeleton height={48} />
        )}
        <input
          type="range"
          className={classes.slider}
          min={0}
          max={Math.ceil(durationSeconds)}
          value={seconds}
          aria-label={t('position')}
          aria-valuetext={clockTime(seconds)}
          onChange={(event) => player.seek(Number(event.currentTarget.value))}
        />
      </div>
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" ff="monospace" c="dimmed">
          {clockTime(seconds)} / {clockTime(durationSeconds)}
        </Text>
        <ActionIcon
          variant="subtle"
          color="gray"
          w="3rem"
          aria-label={`${t('speed')} ${speed}×`}
          title={t('speed')}
          onClick={nextSpeed}
        >
          <Text size="xs" fw={600}>
            {speed}×
          </Text>
        </ActionIcon>
      </Group>
      {!playable && (
        <Text size="sm" c="dimmed" role="status" className={classes.sentence}>
          {t('unplayable')}
        </Text>
      )}
    </Box>
  );
}

/** Drawn from the outline that the server keeps: the recording itself is fetched only as it is played. */
function Outline({
  player,
  peaks,
  durationSeconds,
}: {
  player: Player;
  peaks: components['schemas']['Peaks'];
  durationSeconds: number;
}) {
  const canvas = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!canvas.current) return;
    const style = getComputedStyle(canvas.current);
    const loudest = peaks.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const wave = WaveSurfer.create({
      container: canvas.current,
      height: 48,
      barWidth: 2,
      barGap: 1.5,
      barRadius: 2,
      cursorWidth: 2,
      interact: true,
      dragToSeek: true,
      waveColor: style.getPropertyValue('--outline-ahead'),
      progressColor: style.getPropertyValue('--outline-heard'),
      cursorColor: style.getPropertyValue('--outline-heard'),
      peaks: [peaks.data.map((value) => value / loudest)],
      duration: durationSeconds,
    });
    const stopFollowing = player.onPosition((seconds) => wave.setTime(seconds));
    wave.on('interaction', (seconds) => player.seek(seconds));
    return () => {
      stopFollowing();
      wave.destroy();
    };
  }, [player, peaks, durationSeconds]);
  return <div ref={canvas} aria-hidden className={classes.canvas} />;
}
