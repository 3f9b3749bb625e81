import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REASON, type ReasonCode } from '../certificate/revocation-cause.js';
import { statusAnswer } from '../ocsp/ocsp.js';
import { predecessorsOf, pseudonymOf, queriedStatus, statusAsOf, successorsOf, type CertificateHistory, type StatusRecord } from './status-query.js';

const at = (text: string): Date => new Date(`2016-${text}:00Z`);
const history = (more: Partial<CertificateHistory> = {}): CertificateHistory => ({
  state: 'VALID', notBefore: at('01-10T00:00'), notAfter: new Date('2020-04-01T14:59:59Z'), issuedAt: at('01-10T00:00'), activatedAt: at('01-20T00:00'), records: [], ...more,
});
const record = (kind: string, reason: ReasonCode, when: string): StatusRecord => ({ kind, reason, recordedAt: at(when) });

describe('status at a past instant (JPKI-4.13)', () => {
  const records = [
    record('APPLICATION', REASON.certificateHold, '02-01T10:00'), record('RELEASE', REASON.certificateHold, '02-02T10:00'),
    record('APPLICATION', REASON.certificateHold, '02-03T10:00'), record('RESIDENT_CHANGE', REASON.affiliationChanged, '02-04T10:00'), record('APPLICATION', REASON.keyCompromise, '02-05T10:00'),
  ];
  const held = history({ state: 'REVOKED', records });

  it.each([
    ['01-09T23:59', 'UNKNOWN'], ['01-10T00:00', 'REVOKED 6 2016-01-10T00:00'], ['01-19T23:59', 'REVOKED 6 2016-01-10T00:00'], ['01-20T00:00', 'GOOD'],
    ['02-01T09:59', 'GOOD'], ['02-01T10:00', 'REVOKED 6 2016-02-01T10:00'], ['02-02T10:00', 'GOOD'], ['02-03T10:00', 'REVOKED 6 2016-02-03T10:00'],
    // The date of the hold stays, and the reason is the one of that time.
    ['02-04T10:00', 'REVOKED 3 2016-02-03T10:00'], ['02-05T09:59', 'REVOKED 3 2016-02-03T10:00'], ['02-05T10:00', 'REVOKED 1 2016-02-03T10:00'],
  ])('%s: %s', (when, expected) => {
    const answer = statusAsOf(held, at(when));
    expect(answer.status === 'REVOKED' ? `REVOKED ${answer.reason} ${answer.recordedAt.toISOString().slice(0, 16)}` : answer.status).toBe(expected);
  });

  it('never says good after the end, nor of what was never handed over', () => {
    const after = new Date('2020-04-01T15:00:00Z');
    expect(statusAsOf(history(), new Date('2020-04-01T14:59:59Z'))).toEqual({ status: 'GOOD' });
    expect(statusAsOf(history(), after)).toEqual({ status: 'EXPIRED' });
    for (const state of ['ISSUED_INACTIVE', 'REVOKED', 'EXPIRED'] as const) expect(statusAsOf(history({ state, activatedAt: null }), at('03-01T00:00')).status).toBe('REVOKED');
    // In force, from before the date was kept.
    expect(statusAsOf(history({ activatedAt: null }), at('01-10T00:00'))).toEqual({ status: 'GOOD' });
  });

  it('says of this moment what OCSP says', () => {
    const move = fc.constantFrom('HOLD', 'RELEASE', 'REVOKE');
    fc.assert(fc.property(fc.array(move, { maxLength: 6 }), fc.boolean(), (moves, late) => {
      const made: StatusRecord[] = [];
      let listed: { revokedAt: Date; reason: ReasonCode } | undefined;
      let state: CertificateHistory['state'] = 'VALID';
      for (const [index, kind] of moves.entries()) {
        const recordedAt = at(`02-0${index + 1}T00:00`);
        if (kind === 'HOLD' && state === 'VALID') {
          [state, listed] = ['HELD', { revokedAt: recordedAt, reason: REASON.certificateHold }];
          made.push({ kind: 'APPLICATION', reason: REASON.certificateHold, recordedAt });
        } else if (kind === 'RELEASE' && state === 'HELD') {
          [state, listed] = ['VALID', undefined];
          made.push({ kind, reason: REASON.certificateHold, recordedAt });
        } else if (kind === 'REVOKE' && state !== 'REVOKED') {
          [state, listed] = ['REVOKED', { revokedAt: listed?.revokedAt ?? recordedAt, reason: REASON.superseded }];
          made.push({ kind: 'APPLICATION', reason: REASON.superseded, recordedAt });
        }
      }
      const now = late ? new Date('2021-01-01T00:00:00Z') : at('03-01T00:00');
      const certificate = history({ state, records: made });
      expect(statusAsOf(certificate, now)).toEqual(queriedStatus(statusAnswer({ ...certificate, ...listed }, now)));
    }));
  });
});

describe('successors of a renewed certificate (JPKI-4.13)', () => {
  const chain = [{ serial: 5, replaced: true }, { serial: 9, replaced: true }, { serial: 7, replaced: false }, { serial: 12, replaced: true }, { serial: 15, replaced: false }];

  it.each([[5, [9, 7]], [9, [7]], [7, []], [12, [15]], [15, []], [99, []]])('%i -> %j', (serial, expected) => expect(successorsOf(chain, serial)).toEqual(expected));
});

describe('name of a holder for one verifier (JPKI-8)', () => {
  it('differs by verifier and type, and says nothing of the person', () => {
    const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const names = [pseudonymOf(one, 'p', 'SIGN_CERT'), pseudonymOf(one, 'p', 'AUTH_CERT'), pseudonymOf(two, 'p', 'SIGN_CERT'), pseudonymOf(one, 'q', 'SIGN_CERT')];
    expect(new Set(names).size).toBe(4);
    expect(names[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(pseudonymOf(one, 'p', 'SIGN_CERT')).toBe(names[0]);
  });
});

it('JPKI-4.13: a renewed certificate is traced back to those it took the place of, no further than a revocation for another cause', () => {
  const chain = [{ serial: 1, replaced: true }, { serial: 2, replaced: false }, { serial: 3, replaced: true }, { serial: 4, replaced: true }, { serial: 5, replaced: false }];
  expect([5, 4, 3, 2, 1, 9].map((serial) => predecessorsOf(chain, serial))).toEqual([[4, 3], [3], [], [1], [], []]);
});
