import { describe, expect, it } from 'vitest';
import { CRL_LIFE_MS, frozenLongEnough, lateness } from './crl.js';

const HOUR = 3_600_000;

describe('lists without a successor (JPKI-4.8)', () => {
  it('are late from 26 hours after their thisUpdate on, more so from 36, and have ended at their nextUpdate', () => {
    const thisUpdate = new Date('2016-01-04T17:00:00Z');
    const after = (hours: number) => lateness(new Date(thisUpdate.getTime() + CRL_LIFE_MS), new Date(thisUpdate.getTime() + hours * HOUR));
    expect([0, 24, 25.99, 26, 35.99, 36, 47.99, 48, 1_000].map(after)).toEqual([undefined, undefined, undefined, 'ALARM', 'ALARM', 'PAGE', 'PAGE', 'STALE', 'STALE']);
  });

  it('of a frozen partition end with a list after its last certificate, which lived six years (JPKI-3.7, 4.5)', () => {
    const now = new Date('2022-03-03T00:00:00Z');
    expect(frozenLongEnough(now).toISOString()).toBe('2016-03-01T00:00:00.000Z');
  });
});
