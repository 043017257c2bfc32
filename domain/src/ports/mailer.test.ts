import { expect, it } from 'vitest';
import { isMailAddress } from './mailer.ts';

it('a mail address is one plain address and nothing else', () => {
  const good = ['ana@example.com', 'o.k+tag@sub.example.com', 'verbatim@localhost', 'josé@ejemplo.es'];
  const bad = ['', 'ana', '@b', 'a@', 'a@b@c', 'a b@c', 'a@b,c@d', '<a@b>', 'a@b\n'];
  expect(good.filter(isMailAddress)).toEqual(good);
  expect(bad.filter(isMailAddress)).toEqual([]);
});
