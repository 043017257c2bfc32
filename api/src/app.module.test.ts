import { ConfigService } from '@nestjs/config';
import { describe, expect, it } from 'vitest';
import { openTestApp } from './testing/test-app.ts';

describe('the wiring', () => {
  it('takes the settings that it is given and leaves the environment alone', async () => {
    const before = { ...process.env };
    const { app } = await openTestApp({ env: { PUBLIC_URL: '', PORT: '8123' } });
    const settings = app.get(ConfigService);

    expect(settings.get('PUBLIC_URL')).toBe('http://localhost:8123');
    expect(settings.get('PATH')).toBeUndefined();
    expect({ ...process.env }).toEqual(before);
  });
});
