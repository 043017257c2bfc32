import { describe, expect, it } from 'vitest';
import { sessionMs } from '../auth/session-cookie.ts';
import { anasKey, openTestApp } from '../testing/test-app.ts';

const ofThePage = { 'X-Verbatim-Page': '1' };

async function signedIn(env?: Record<string, string>) {
  const opened = await openTestApp(env ? { env } : {});
  const answer = await opened.as().post('/v1/session').set(ofThePage).send({ apiKey: anasKey }).expect(204);
  const setCookie = String(answer.headers['set-cookie']);
  return { ...opened, setCookie, cookie: setCookie.split(';')[0] ?? '' };
}

describe('a session of the page', () => {
  it('is a cookie that no script reads and no other site sends, and does not hold the key', async () => {
    const { setCookie, logged } = await signedIn();
    expect(setCookie).toMatch(/^verbatim=.*HttpOnly/);
    expect(setCookie).toContain('SameSite=Strict');
    expect(setCookie).not.toContain('Secure');
    expect(setCookie + logged.join()).not.toContain(anasKey);
  });

  it('is bound to TLS and to this host where there is TLS', async () => {
    const { setCookie } = await signedIn({ PUBLIC_URL: 'https://verbatim.example' });
    expect(setCookie).toMatch(/^__Host-verbatim=/);
    expect(setCookie).toContain('Secure');
  });

  it('lets its user read without more, and change only from our own page', async () => {
    const { as, cookie } = await signedIn();
    const { body } = await as().get('/v1/session').set('Cookie', cookie).expect(200);
    expect(body).toMatchObject({ user: { userId: 'ana', keyName: 'laptop' }, signIn: 'key' });
    expect(body.server).toMatchObject({ maxUploadBytes: 2048 * 1024 * 1024, maxAudioSeconds: 4 * 3600 });
    await as().get('/v1/jobs').set('Cookie', cookie).expect(200);
    const job = { fileName: 'a.mp3', contentType: 'audio/mpeg', sizeBytes: 1000 };
    await as().post('/v1/jobs').set('Cookie', cookie).send(job).expect(401);
    await as().post('/v1/jobs').set('Cookie', cookie).set(ofThePage).send(job).expect(201);
  });

  it('can not be begun or ended by a foreign page', async () => {
    const { as } = await openTestApp();
    const { body } = await as().post('/v1/session').send({ apiKey: anasKey }).expect(403);
    expect(body.code).toBe('request.foreign_page');
    await as().delete('/v1/session').expect(403);
  });

  it('is refused with a key that is not known, and when anything in it was changed', async () => {
    const { as, cookie } = await signedIn();
    const wrong = await as()
      .post('/v1/session')
      .set(ofThePage)
      .send({ apiKey: 'x'.repeat(40) })
      .expect(401);
    expect(wrong.body.code).toBe('auth.wrong_key');
    expect(wrong.headers['set-cookie']).toBeUndefined();
    const [name, expires, signature] = cookie.replace('verbatim=', '').split('.');
    const later = `verbatim=${name}.${Number(expires) + 1}.${signature}`;
    for (const forged of [
      later,
      `${cookie}A`,
      'verbatim=',
      'verbatim=a.1.b',
      `verbatim=${name}.${expires}.`,
    ]) {
      await as().get('/v1/jobs').set('Cookie', forged).expect(401);
    }
  });

  it('lasts 30 days from the last visit', async () => {
    const { as, cookie, platform } = await signedIn();
    platform.clock.advance(sessionMs / 2);
    const { headers } = await as().get('/v1/session').set('Cookie', cookie).expect(200);
    const renewed = String(headers['set-cookie']).split(';')[0] ?? '';
    platform.clock.advance(sessionMs / 2);
    await as().get('/v1/jobs').set('Cookie', cookie).expect(401);
    await as().get('/v1/jobs').set('Cookie', renewed).expect(200);
  });

  it('ends with the key, and by signing out', async () => {
    const { cookie, as } = await signedIn();
    const other = await openTestApp({ env: { API_KEYS: `laptop:${'n'.repeat(32)}:ana` } });
    await other.as().get('/v1/jobs').set('Cookie', cookie).expect(401);
    const { headers } = await as().delete('/v1/session').set('Cookie', cookie).set(ofThePage).expect(204);
    expect(String(headers['set-cookie'])).toMatch(/^verbatim=;.*1970/);
  });

  it('is not needed where the server asks for no keys', async () => {
    const env = { API_KEYS: '', PUBLIC_URL: 'http://localhost:8000' };
    const { as } = await openTestApp({ env });
    const { body } = await as().get('/v1/session').set('Host', 'localhost:8000').expect(200);
    expect(body).toMatchObject({ signIn: 'none', user: { keyName: null }, server: { demoModel: false } });
  });
});
