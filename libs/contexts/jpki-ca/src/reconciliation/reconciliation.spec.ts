import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CERTIFICATE_STATES, type CertificateState } from '../certificate/certificate.js';
import { REASON } from '../certificate/revocation-cause.js';
import { causeOf, haveRisen, numbersToSkip, reentryOf } from './reconciliation.js';
import { decodeCopy, encodeCopy } from './status-copy.js';

const NOW = new Date('2016-02-10T00:00:00Z');
const END = new Date('2020-04-01T14:59:59Z');
const ORDER: readonly CertificateState[] = ['ISSUED_INACTIVE', 'VALID', 'HELD', 'REVOKED'];
const counters = { sign_serial: 5_000, auth_serial: 9, timestamp_serial: 0 };

describe('re-entry of what was published (JPKI-3.4, 3.5, 7)', () => {
  it.each([
    ['REVOKED', 'VALID', 'REVOKE'], ['REVOKED', 'ISSUED_INACTIVE', 'REVOKE'], ['REVOKED', 'HELD', 'REVOKE'], ['REVOKED', 'REVOKED', 'NONE'],
    ['HELD', 'VALID', 'HOLD'], ['HELD', 'ISSUED_INACTIVE', 'HOLD'], ['HELD', 'HELD', 'NONE'], ['HELD', 'REVOKED', 'NONE'],
    ['VALID', 'ISSUED_INACTIVE', 'ACTIVATE'], ['VALID', 'HELD', 'NONE'], ['VALID', 'REVOKED', 'NONE'], ['ISSUED_INACTIVE', 'VALID', 'NONE'],
  ] as const)('published %s, known as %s: %s', (published, state, effect) => {
    const known = { type: 'AUTH_CERT', state, notAfter: END, reason: state === 'REVOKED' ? REASON.superseded : undefined } as const;
    expect(reentryOf({ state: published, reason: REASON.affiliationChanged }, known, NOW)).toBe(effect);
  });

  it('never leads back to a state of more effect, and makes the reason only graver', () => {
    fc.assert(fc.property(fc.constantFrom(...CERTIFICATE_STATES), fc.constantFrom(...CERTIFICATE_STATES), fc.constantFrom(...Object.values(REASON)), (published, state, reason) => {
      const effect = reentryOf({ state: published, reason }, { type: 'SIGN_CERT', state, notAfter: END, reason }, NOW);
      const result = ({ REVOKE: 'REVOKED', HOLD: 'HELD', ACTIVATE: 'VALID', NONE: state, UNRECORDED: state } as const)[effect];
      expect(ORDER.indexOf(result)).toBeGreaterThanOrEqual(ORDER.indexOf(state));
    }));
    const known = { type: 'SIGN_CERT', state: 'REVOKED', notAfter: END, reason: REASON.superseded } as const;
    expect(reentryOf({ state: 'REVOKED', reason: REASON.keyCompromise }, known, NOW)).toBe('REVOKE');
    expect(reentryOf({ state: 'VALID' }, undefined, NOW)).toBe('UNRECORDED');
  });

  it('keeps the reason that stands on the lists', () => {
    expect(Object.values(REASON).map((reason) => causeOf(reason))).toEqual(['KEY_LEAKED_OR_LOST', 'ISSUER_KEY_LEAKED', 'RESIDENT_CHANGE', 'RECORD_ERROR', 'HOLDER_APPLICATION', 'RECORD_ERROR']);
  });
});

describe('counters (JPKI-3.3)', () => {
  it('are noted before more are given than a reconciliation skips', () => {
    expect(haveRisen(counters, { ...counters, auth_serial: 1_008 })).toBe(false);
    expect(haveRisen(counters, { ...counters, auth_serial: 1_009 })).toBe(true);
    fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat(9_999), (noted, present, given) => present + numbersToSkip(noted, present) > noted + given));
  });
});

it('a copy reads back as it was written', () => {
  const copy = {
    head: { copy: 7, at: NOW.toISOString(), link: 12, linkHash: 'ab'.repeat(32), counters },
    statuses: [{ ca: 'sign', serial: 300, generation: 1, municipalityCode: '990019', partitionId: 'sign-99001', notAfter: END.toISOString(), state: 'REVOKED', reason: REASON.superseded, revokedAt: NOW.toISOString() }],
  } as const;
  expect(decodeCopy(encodeCopy(copy))).toEqual(copy);
});
