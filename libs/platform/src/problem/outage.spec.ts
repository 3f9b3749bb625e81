import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { platformProblems } from './problems.js';
import { isOutage } from './outage.js';
import { asRefusal } from './problem.js';

function databaseError(code: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('', 0, 'error'), { code });
}

describe('an outage', () => {
  it.each([
    ['a neighbour that is away', platformProblems.refuse('UNAVAILABLE')],
    ['a quota', platformProblems.refuse('QUOTA_EXCEEDED')],
    ['a server that shuts down', databaseError('57P01')],
    ['too many connections', databaseError('53300')],
    ['a standby', databaseError('25006')],
    ['a refused connection', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })],
    ['a connection cut off', new Error('Connection terminated unexpectedly')],
  ])('is %s', (_case, error) => expect(isOutage(error)).toBe(true));

  it.each([
    ['a refusal of a rule', platformProblems.refuse('NOT_FOUND')],
    ['an internal fault', platformProblems.refuse('INTERNAL')],
    ['a broken constraint', databaseError('23505')],
    ['a missing file', Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open', path: 'x' })],
    ['a fault of ours', new TypeError('undefined is not a function')],
  ])('is not %s', (_case, error) => expect(isOutage(error)).toBe(false));

  it('is told as such to callers, who may try again', () => {
    expect(asRefusal(databaseError('57P03')).code).toBe('UNAVAILABLE');
    expect(asRefusal(databaseError('23505')).code).toBe('INTERNAL');
  });
});
