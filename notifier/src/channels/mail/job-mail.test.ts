import { describe, expect, it } from 'vitest';
import { aCompletedJob, aFailedJob, noon } from '../../testing/a-notifier.ts';
import { jobMail } from './job-mail.ts';

const link = { url: 'https://verbatim.example/d/token', until: noon + 24 * 3_600_000 };
const preview =
  'Good morning everybody. Let us begin with the numbers of last week, which were better than …';

const mails = {
  completed: jobMail(aCompletedJob(), { link, preview }),
  'completed-demo-model': jobMail(withResult({ warnings: ['demo_model'], language: 'es' }), {
    link,
    preview,
  }),
  'completed-no-speech': jobMail(withResult({ warnings: ['no_speech'] }), { link, preview: '' }),
  'failed-user': jobMail(aFailedJob(), { link, preview: null }),
  'failed-ours': jobMail(aFailedJob({ errorCode: 'engine.timeout' }), { link, preview: null }),
};

function withResult(over: Partial<NonNullable<ReturnType<typeof aCompletedJob>['result']>>) {
  const job = aCompletedJob();
  return { ...job, result: job.result && { ...job.result, ...over } };
}

describe('jobMail', () => {
  it.each(Object.entries(mails))(
    'reads as the golden files say: %s',
    async (name, { subject, text, html }) => {
      await expect(`Subject: ${subject}\n\n${text}`).toMatchFileSnapshot(`golden/${name}.txt`);
      await expect(html).toMatchFileSnapshot(`golden/${name}.html`);
    },
  );

  it('fetches nothing when it is read', () => {
    for (const { html } of Object.values(mails)) {
      expect(html).not.toMatch(/<(img|table|script|link|iframe|form)\b|url\(|@import|\bsrc=/i);
    }
  });

  it('shows hostile names and words as what they are: text', () => {
    const fileName = `"><img src=x onerror=alert(1)>\r\nBcc: thief@example.com\u202Egpj.exe & ${'x'.repeat(300)}`;
    const hostile = '</blockquote><script>alert(1)</script> & "so on"';
    const { subject, text, html } = jobMail(aCompletedJob({ fileName }), { link, preview: hostile });
    expect(html).not.toMatch(/<img|<script/);
    expect(html).toContain(
      '&lt;/blockquote&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;so on&quot;',
    );
    expect(html).toContain(
      '&quot;&gt;&lt;img src=x onerror=alert(1)&gt; Bcc: thief@example.comgpj.exe &amp; xxx',
    );
    expect(subject).not.toMatch(/[\r\n\u202E]/);
    expect(subject.length).toBeLessThan(130);
    expect(text).toContain(hostile);
    expect(text.split('\n').filter((line) => line.startsWith('Bcc'))).toEqual([]);
  });

  it.each([
    [null, 'unknown'],
    [0.2, '0 s'],
    [59.6, '1 min'],
    [754.2, '12 min 34 s'],
    [3600, '1 h'],
    [3_661, '1 h 1 min 1 s'],
  ])('writes %s seconds as %s', (durationSeconds, duration) => {
    const { text } = jobMail(aCompletedJob({ durationSeconds }), { link, preview });
    expect(text).toContain(`Duration: ${duration}\n`);
  });

  it.each([
    ['es', 'Spanish'],
    ['yue', 'Cantonese'],
    ['haw', 'Hawaiian'],
    ['', 'unknown'],
    ['not a code', 'not a code'],
    ['qqq', 'qqq'],
  ])('names the language %j as %s', (language, name) => {
    const { text } = jobMail(withResult({ language }), { link, preview });
    expect(text).toContain(`Language: ${name}\n`);
  });
});
