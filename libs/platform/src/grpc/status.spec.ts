import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { problemTable } from '#kernel';
import { platformProblems } from '../problem/problems.js';
import { grpcCode, grpcFault, refusalOfFault } from './status.js';

describe('gRPC status of a problem', () => {
  it.each([
    [400, 'INVALID_ARGUMENT'], [413, 'INVALID_ARGUMENT'], [415, 'INVALID_ARGUMENT'], [401, 'UNAUTHENTICATED'], [403, 'PERMISSION_DENIED'], [404, 'NOT_FOUND'], [409, 'ABORTED'],
    [422, 'FAILED_PRECONDITION'], [423, 'FAILED_PRECONDITION'], [429, 'RESOURCE_EXHAUSTED'], [503, 'UNAVAILABLE'], [500, 'INTERNAL'], [418, 'INTERNAL'],
  ] as const)('%i is %s', (httpStatus, name) => {
    expect(status[grpcCode(httpStatus)]).toBe(name);
    const fault = grpcFault(problemTable('spec', { LATE: { status: httpStatus, ja: '遅延', en: 'Late' } }).refuse('LATE'), 'c');
    expect([status[fault.code], fault.details]).toEqual([name, 'LATE: Late']);
    // The caller has the problem itself, whatever its status is merged into.
    expect(refusalOfFault(fault)).toMatchObject({ context: 'spec', code: 'LATE', definition: { status: httpStatus, ja: '遅延', en: 'Late' } });
  });

  it.each([['UNAVAILABLE', 'UNAVAILABLE'], ['DEADLINE_EXCEEDED', 'UNAVAILABLE'], ['NOT_FOUND', 'INTERNAL']] as const)('a fault %s that names no problem is %s', (code, expected) => {
    expect(refusalOfFault({ code: status[code] })).toMatchObject({ context: 'platform', code: expected });
    expect(refusalOfFault({ code: status[code], metadata: grpcFault(platformProblems.refuse('NOT_FOUND'), 'c').metadata }).code).toBe('NOT_FOUND');
  });
});
