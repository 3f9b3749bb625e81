import { describe, expect, it, vi } from 'vitest';
import { Refusal } from '#kernel';
import { log } from '#platform';
import { MOST_SKEW_MS, requireClock } from './clock-skew.js';

const now = new Date('2016-01-20T01:00:00.000Z');
const refusal = (sentAt?: string): string | undefined => {
  try {
    requireClock({ actor: { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' }, correlationId: 'c', now, headers: sentAt === undefined ? {} : { 'kiban-sent-at': sentAt } });
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};
const off = (ms: number): string => new Date(now.getTime() + ms).toISOString();

describe('JUKI-7 the clock of a municipality', () => {
  it('may be two seconds off, either way, and need not be told', () => {
    for (const sentAt of [undefined, off(0), off(MOST_SKEW_MS), off(-MOST_SKEW_MS), '2016-01-20T10:00:01+09:00']) expect(refusal(sentAt)).toBeUndefined();
  });

  it('not more, and an alarm names the client and how far it is off', () => {
    const alarm = vi.spyOn(log, 'error');
    for (const [sentAt, ms] of [[off(MOST_SKEW_MS + 1), 2_001], [off(-MOST_SKEW_MS - 1), -2_001], ['2016-01-20T01:00:00+09:00', -32_400_000]] as const) {
      expect(refusal(sentAt)).toBe('CLOCK_SKEW');
      expect(alarm).toHaveBeenLastCalledWith('the clock of a municipality is off; its notices are refused', { client: 'municipality-990019', ms, correlationId: 'c' });
    }
    expect([refusal(off(MOST_SKEW_MS)), refusal('now'), alarm.mock.calls.length]).toEqual([undefined, 'INVALID_INPUT', 3]);
    alarm.mockRestore();
  });

  it('a time that is none is no answer', () => {
    for (const sentAt of ['', 'now', '2016-01-20', '2016-01-20T01:00:00', '2016-02-30T01:00:00Z']) expect(refusal(sentAt)).toBe('INVALID_INPUT');
  });
});
