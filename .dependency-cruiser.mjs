/** Which way imports may run: domain <- adapters <- programs, and never in a circle. */
const programs = ['api', 'worker', 'notifier', 'standalone', 'cli', 'web'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two modules that need each other are one idea in two files.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain knows zod and itself; its contract suites also vitest.',
      severity: 'error',
      from: { path: '^domain/src', pathNot: '(^domain/src/testing|\\.test\\.ts$)' },
      to: { pathNot: '^domain/src|node_modules/zod/' },
    },
    {
      name: 'adapters-stand-on-the-domain',
      severity: 'error',
      from: { path: '^adapters/src' },
      to: { path: `^(${programs.join('|')})/` },
    },
    ...programs.map((program) => ({
      name: `${program}-imports-no-other-program`,
      comment: 'Programs speak to each other through the ports and over HTTP.',
      severity: 'error',
      from: { path: `^${program}/src` },
      to: { path: `^(${programs.filter((other) => other !== program).join('|')})/` },
    })),
    {
      name: 'cli-speaks-http',
      comment: 'Of the adapters it takes backups alone: they need no server (ADR 11).',
      severity: 'error',
      from: { path: '^cli/src', pathNot: '^cli/src/backup/' },
      to: { path: '^adapters/' },
    },
    {
      name: 'cli-takes-backups-alone',
      severity: 'error',
      from: { path: '^cli/src/backup/' },
      to: { path: '^adapters/', pathNot: '^adapters/(src|dist)/local/backup/' },
    },
    {
      name: 'web-takes-the-small-entries-alone',
      comment: 'Of the domain what is pure and weighs little; everything else comes over HTTP.',
      severity: 'error',
      from: { path: '^web/src' },
      to: {
        path: '^(domain|adapters)/',
        pathNot:
          '^domain/src/(job/(audio-types|languages)|transcript/(paragraphs|plain-text|corrections/index))\\.ts$',
      },
    },
    {
      name: 'nest-stays-in-the-api',
      severity: 'error',
      from: { pathNot: '^api/src' },
      to: { path: 'node_modules/(@nestjs|nestjs-)' },
    },
    {
      name: 'vendors-stay-in-the-adapters',
      severity: 'error',
      from: { pathNot: '^adapters/src|\\.test\\.ts$|^e2e/' },
      to: { path: 'node_modules/(@aws-sdk|sqs-consumer|nodemailer)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
    },
  },
};
