import { describe, expect, it } from 'vitest';
import { cutoffOf, LIST_LIFE_MS, regularRun } from './revocation-list.js';

describe('revocation lists (JPKI-4.8)', () => {
  it('of holders are due daily at 02:00 in Japan, those of authorities monthly', () => {
    expect([regularRun('CRL', new Date('2016-01-03T16:59:59Z')), regularRun('CRL', new Date('2016-01-03T17:00:00Z'))]).toEqual(['2016-01-03', '2016-01-04']);
    expect([regularRun('ARL', new Date('2016-01-31T14:59:59Z')), regularRun('ARL', new Date('2016-01-31T15:00:00Z'))]).toEqual(['2016-01', '2016-02']);
  });

  it('live 48 hours, or 35 days; entries stay through one regular list after the end (RFC 5280 3.3)', () => {
    expect(Object.values(LIST_LIFE_MS).map((life) => life / 3_600_000)).toEqual([35 * 24, 48]);
    expect([cutoffOf(null).getTime(), cutoffOf(new Date(7)).getTime()]).toEqual([0, 7]);
  });
});
