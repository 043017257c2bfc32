import { defaultJobTimes } from '@verbatim/domain';
import { describe, expect, it } from 'vitest';
import { JobSettings, jobTimesOf, maxUploadBytesOf } from './job-settings.ts';
import { BadSettings, readSettings } from './program/read-settings.ts';

describe('JobSettings', () => {
  it('waits 5, 25 and 125 minutes when nothing is set', () => {
    const settings = readSettings(JobSettings, {});
    expect(jobTimesOf(settings)).toEqual(defaultJobTimes);
    expect(maxUploadBytesOf(settings)).toBe(2 * 1024 ** 3);
  });

  it('takes fractions of seconds and any number of retries', () => {
    expect(jobTimesOf(readSettings(JobSettings, { RETRY_DELAYS_SECONDS: '0.1, 2' })).retryDelaysMs).toEqual([
      100, 2_000,
    ]);
  });

  it.each(['5 minutes', '1,,2', '-1', '300;1500'])('does not start with the delays %j', (delays) => {
    expect(() => readSettings(JobSettings, { RETRY_DELAYS_SECONDS: delays })).toThrow(BadSettings);
  });
});
