/** What tells of our insides: stacks, paths, tables, modules. */
const insides = [
  /\bat .+[(/].+:\d+:\d+/,
  /node_modules|\/dist\/|\.(?:ts|js):\d+/,
  /(?:^|[\s"'(:])\/(?:tmp|home|root|var|usr|work|data|proc)\//,
  /\b(?:SQLITE_|ENOENT|EACCES|EROFS|ECONN|DynamoDB|verbatim-(?:audio|transcripts|jobs))/,
];

/** What an answer that says no must not have and must have (row 56). */
export function faultsOfAnswer(answer: { status: number; headers: Headers; body: string }): string[] {
  const { status, headers, body } = answer;
  if (status < 400) return [];
  const faults = insides
    .filter((pattern) => pattern.test(body))
    .map((pattern) => `its body shows ${pattern}`);
  const type = headers.get('content-type') ?? '';
  // What Node's parser refuses never becomes a request: it is answered with a bare status.
  if (body === '' || type === '') return faults;
  if (!type.startsWith('application/problem+json')) return [...faults, `it is ${type}, no problem`];
  const problem = JSON.parse(body) as { requestId?: string; code?: string };
  if (!problem.requestId || !problem.code) faults.push('the problem has no code or no id');
  return faults;
}
