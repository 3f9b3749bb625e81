import { describe, expect, it } from 'vitest';
import { needsRenewal, responderLife, statusAnswer, type IssuedStatus } from './ocsp.js';

const NOW = new Date('2016-03-01T00:00:00Z');
const issued = (more: Partial<IssuedStatus>): IssuedStatus => ({ state: 'VALID', notAfter: new Date('2020-04-01T14:59:59Z'), issuedAt: new Date('2016-01-20T01:00:00Z'), ...more });

describe('status rules (JPKI-4.9)', () => {
  const revokedAt = new Date('2016-02-01T00:00:00Z');

  it('says unknown for what was never issued and good only for what is in force', () => {
    expect(statusAnswer(undefined, NOW)).toEqual({ kind: 'unknown' });
    expect(statusAnswer(issued({}), NOW)).toEqual({ kind: 'good' });
    expect(statusAnswer(issued({ state: 'ISSUED_INACTIVE' }), NOW)).toEqual({ kind: 'revoked', revokedAt: issued({}).issuedAt, reason: 6 });
    expect(statusAnswer(issued({ state: 'HELD', revokedAt, reason: 6 }), NOW)).toEqual({ kind: 'revoked', revokedAt, reason: 6 });
    expect(statusAnswer(issued({ state: 'REVOKED', revokedAt, reason: 3 }), NOW)).toEqual({ kind: 'revoked', revokedAt, reason: 3 });
  });

  it('keeps the status at the end of life, with the archive cutoff', () => {
    const later = new Date('2021-04-01T00:00:00Z');
    const archiveCutoff = new Date('2011-04-01T00:00:00Z');
    expect(statusAnswer(issued({}), later)).toEqual({ kind: 'good', archiveCutoff });
    expect(statusAnswer(issued({ state: 'REVOKED', revokedAt, reason: 3 }), later)).toEqual({ kind: 'revoked', revokedAt, reason: 3, archiveCutoff });
  });

  it('renews responders after 20 of 30 days (JPKI-3.8)', () => {
    const life = responderLife(NOW, new Date('2026-01-01T00:00:00Z'));
    expect(life.notAfter.toISOString()).toBe('2016-03-31T00:00:00.000Z');
    expect(needsRenewal(life, new Date('2016-03-20T23:59:59Z'))).toBe(false);
    expect(needsRenewal(life, new Date('2016-03-21T00:00:00Z'))).toBe(true);
  });
});
