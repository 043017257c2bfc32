import type { NextFunction, Request, Response } from 'express';
import { Refused } from '../refused.ts';
import { answerProblem } from './problem.filter.ts';

/** What a request holds is two levels deep. */
const mostLevels = 32;

/**
 * Express middleware behind the body parser: what is deeper than whatever walks through it by recursion survives (validation
 * does) is refused here, before it is a fault of ours.
 */
export function plainJson(request: Request, response: Response, next: NextFunction): void {
  if (!isDeeperThan(mostLevels, request.body)) {
    next();
    return;
  }
  const detail = `The JSON is more than ${mostLevels} levels deep.`;
  answerProblem(new Refused('request.malformed', { detail }), request, response);
}

/** Level by level, since recursion is what it guards. */
function isDeeperThan(levels: number, value: unknown): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; depth < levels && level.length > 0; depth++) {
    level = level.flatMap((container) => Object.values(container)).filter(isContainer);
  }
  return level.length > 0;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
