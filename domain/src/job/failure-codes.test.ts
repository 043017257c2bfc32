import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureCodeOf, failureCodes, failureRules, JobFailure, ruleOf } from './failure-codes.ts';

const root = resolve(import.meta.dirname, '../../..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');

/** Codes of errors that end no job, and why; or under which code they end one. */
const otherCodes: Record<string, string> = {
  'object.missing': 'is input.missing, to a job',
  'object.changed': 'is input.changed, to a job',
  'object.exists': 'two workers made the same transcript: both count',
  'queue.unavailable': 'what was to be sent is sent by the reconciler',
  'record.newer_version': 'the message returns until a newer worker takes it',
  'request.bad_cursor': 'of lists',
  'mail.refused': 'of announcements, which have a fate of their own',
  'mail.unavailable': 'of announcements, which have a fate of their own',
  'lease.lost': 'the job is somebody else’s by then',
  'model.unavailable': 'of the start: such a worker takes no job',
};

describe('the table of failures', () => {
  it('knows every code that an error of ours can have, or we know why not', () => {
    const sources = globSync('{domain,adapters,worker,notifier}/src/**/*.ts', { cwd: root });
    const found = sources
      .filter((path) => !/\.test\.ts$|\/testing\//.test(path))
      .flatMap((path) => [...text(path).matchAll(/readonly code(?:: \w+)? = '([a-z_.]+)'/g)])
      .map(([, code = '']) => code)
      .filter((code) => !(code in failureRules));

    expect(found.length).toBeGreaterThan(5);
    expect([...new Set(found)].filter((code) => !(code in otherCodes))).toEqual([]);
    expect(Object.keys(otherCodes).filter((code) => !found.includes(code))).toEqual([]);
  });

  it('says in whole sentences what happened, and to users and operators what to do', () => {
    for (const code of failureCodes) {
      const { message, operator } = failureRules[code];
      for (const sentences of [message, operator]) expect(sentences, code).toMatch(/^[A-Z].*\.$/s);
      expect(message.split('. ').length, `${code}: what happened, then what to do`).toBeGreaterThan(1);
    }
  });

  it('names only settings that there are', () => {
    const template = text('.env.template');
    const named = failureCodes.flatMap(
      (code) => failureRules[code].operator.match(/[A-Z]+(?:_[A-Z]+)+/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(2);
    for (const setting of named) expect(template).toContain(`#${setting}=`);
  });

  it('takes what nobody foresaw, and what only a newer version knows, for a mistake of ours', () => {
    expect(failureCodeOf(new Error('?'))).toBe('internal.unexpected');
    expect(failureCodeOf(new JobFailure('disk.full', 'full'))).toBe('disk.full');
    expect(ruleOf('engine.bored')).toBe(failureRules['internal.unexpected']);
    expect(ruleOf('constructor')).toBe(failureRules['internal.unexpected']);
  });

  /** After a change of the table: `npm test -- domain/src/job/failure-codes -u`. */
  it('is what docs/failure-codes.md was made from', async () => {
    await expect(page()).toMatchFileSnapshot('../../../docs/failure-codes.md');
  });
});

function page(): string {
  const kinds = {
    user: ['Of the file', 'Not tried again, and no dead letter: only its user can mend it.'],
    transient: [
      'Passing',
      'Tried again after 5, 25 and 125 minutes (`RETRY_DELAYS_SECONDS`); the fourth failure makes a dead letter.',
    ],
    permanent: ['Of the installation', 'Not tried again: a dead letter at once.'],
  };
  const sections = Object.entries(kinds).map(([kind, [title, what]]) => {
    const rows = failureCodes
      .filter((code) => failureRules[code].kind === kind)
      .map((code) => `| \`${code}\` | ${failureRules[code].message} | ${failureRules[code].operator} |`);
    const head = '| code | its user reads | an operator does |\n|---|---|---|\n';
    return `## ${title}\n\n${what}\n\n${head}${rows.join('\n')}\n`;
  });
  return `# Why a job failed

<!-- Made from domain/src/job/failure-codes.ts by \`npm test -- domain/src/job/failure-codes -u\`. -->

The \`error.code\` of a FAILED job, the \`code\` in a job's history and the \`reason\` of a dead letter. Codes stay as they are; later versions may add others.

${sections.join('\n')}`;
}
