import { BadSettings } from './read-settings.ts';

/**
 * What ends a program by surprise is said on stderr: a setting that a person has to mend in its own words alone, anything
 * else with its stack. The exit code is 1, as Node's own would be.
 */
export function sayWhyEnded(): void {
  process.on('uncaughtException', (error) => {
    console.error(error instanceof BadSettings ? error.message : error);
    process.exit(1);
  });
}
