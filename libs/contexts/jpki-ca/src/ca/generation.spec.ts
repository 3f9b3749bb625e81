import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activationFrom, GENERATION_STATES, isClosable, lastIssuing, mayIssue, nextCeremonyBy, NEXT_GENERATION_STATES } from './generation.js';

const ROOT_END = new Date('2025-10-19T14:59:59Z');

describe('key generations (JPKI-3.1)', () => {
  it('pass through their states in one direction; only an aborted ceremony leads back', () => {
    const transitions = GENERATION_STATES.flatMap((from) => NEXT_GENERATION_STATES[from].map((to) => `${from} ${to}`));
    expect(transitions).toEqual([
      'PLANNED KEY_GENERATED', 'KEY_GENERATED CERTIFIED', 'KEY_GENERATED PLANNED', 'CERTIFIED ACTIVE', 'CERTIFIED COMPROMISED', 'ACTIVE RETIRING', 'ACTIVE COMPROMISED',
      'RETIRING CLOSED', 'RETIRING COMPROMISED', 'COMPROMISED CLOSED',
    ]);
  });

  it('end when their last certificate and one list more are over; compromised ones when all is revoked', () => {
    const [lastEnd, life] = [new Date('2025-10-19T14:59:59Z'), 48 * 3_600_000];
    const closable = (state: 'ACTIVE' | 'RETIRING' | 'COMPROMISED' | 'CLOSED', end: Date | undefined, now: string): boolean => isClosable({ state, lastEnd: end }, life, new Date(now));
    expect([closable('RETIRING', lastEnd, '2025-10-21T14:59:59Z'), closable('RETIRING', lastEnd, '2025-10-21T15:00:00Z')]).toEqual([false, true]);
    expect([closable('COMPROMISED', lastEnd, '2025-10-19T14:59:59Z'), closable('COMPROMISED', undefined, '2016-01-01T00:00:00Z')]).toEqual([false, true]);
    expect([closable('ACTIVE', undefined, '2030-01-01T00:00:00Z'), closable('CLOSED', undefined, '2030-01-01T00:00:00Z')]).toEqual([false, false]);
  });
});

describe('key rollover (JPKI-4.11)', () => {
  it('issues until six years before the end of the root, and has the next ceremony ninety days before that', () => {
    expect([lastIssuing(ROOT_END).toISOString(), nextCeremonyBy(ROOT_END)]).toEqual(['2019-10-19T14:59:59.000Z', '2019-07-21']);
    const generation = { notAfter: ROOT_END, reportedBy: null };
    expect([mayIssue(generation, new Date('2019-10-19T14:59:59Z')), mayIssue(generation, new Date('2019-10-19T15:00:00Z'))]).toEqual([true, false]);
    expect(mayIssue({ ...generation, reportedBy: 'officer-1@operator-1' }, new Date('2016-01-01T00:00:00Z'))).toBe(false);
  });

  it('leaves everybody thirty days for a root that succeeds another, whatever was planned', () => {
    fc.assert(fc.property(fc.date({ noInvalidDate: true }), fc.date({ noInvalidDate: true }), (planned, certified) => {
      fc.pre(certified.getTime() < 8e15);
      const from = activationFrom(planned, certified, true);
      expect(from >= planned && from.getTime() - certified.getTime() >= 30 * 86_400_000).toBe(true);
      expect(activationFrom(planned, certified, false)).toEqual(planned.getTime() < 0 ? new Date(0) : planned);
    }));
  });
});
