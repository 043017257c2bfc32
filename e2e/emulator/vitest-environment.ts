import { inject } from 'vitest';
import type {} from './vitest-global-setup.ts';

// Where the AWS SDK looks by itself, for the tests of this project alone.
Object.assign(process.env, inject('awsEnvironment'));
