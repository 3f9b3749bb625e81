import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CERTIFICATE_STATES, NEXT_STATES, activates, decideRevocation, holds, releases, stateAt, type CertificateStatus } from './certificate.js';
import { CAUSES, REASON, STOP_EFFECT, type RevocationCause } from './revocation-cause.js';

const END = new Date('2020-04-01T14:59:59Z');
const NOW = new Date('2016-01-20T00:00:00Z');
const status = (state: CertificateStatus['state'], more: Partial<CertificateStatus> = {}): CertificateStatus => ({ type: 'SIGN_CERT', state, notAfter: END, ...more });

describe('states of a certificate (JPKI-3.4)', () => {
  it('expires by the clock, to the second after its end, unless it was revoked', () => {
    expect(stateAt(status('VALID'), END)).toBe('VALID');
    const later = new Date(END.getTime() + 1000);
    expect((['ISSUED_INACTIVE', 'VALID', 'HELD', 'REVOKED'] as const).map((state) => stateAt(status(state), later))).toEqual(['EXPIRED', 'EXPIRED', 'EXPIRED', 'REVOKED']);
  });

  it('moves only along the table', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CERTIFICATE_STATES), fc.boolean(), (state, expired) => {
        const now = expired ? new Date(END.getTime() + 1) : NOW;
        const from = stateAt(status(state), now);
        expect(activates(status(state), now)).toBe(from === 'ISSUED_INACTIVE');
        expect(holds(status(state), now)).toBe(from === 'VALID');
        expect(releases(status(state), now)).toBe(from === 'HELD');
        expect(decideRevocation(status(state), 'SUPERSEDED', now) === 'REVOKE').toBe(NEXT_STATES[from].includes('REVOKED'));
      }),
    );
  });
});

describe('revocation causes (JPKI-4.7)', () => {
  it('is the table of the document', () => {
    const table = Object.entries(CAUSES).map(([cause, { no, reason, appliesTo, crlAtOnce }]) => `${no} ${cause} ${reason} ${appliesTo.length === 2 ? 'both' : appliesTo.join()}${crlAtOnce ? ' at once' : ''}`);
    expect(table).toEqual([
      '1 HOLDER_APPLICATION 5 both',
      '2 KEY_LEAKED_OR_LOST 1 both at once',
      '3 RESIDENT_CHANGE 3 both',
      '4 RECORD_ERROR 4 both',
      '5 ISSUER_KEY_LEAKED 2 both at once',
      '7 CARD_ABOLISHED 5 both',
      '8 SUPERSEDED 4 both',
      '8 WRITE_FAILED 4 both',
      '8 NOT_WANTED 4 both',
      '9 CARD_STOPPED 5 SIGN_CERT',
      '9 HOLD 6 both',
    ]);
    expect(STOP_EFFECT).toEqual({ AUTH_CERT: 'HOLD', SIGN_CERT: 'REVOKE' });
  });

  it('lets a revoked certificate only become worse: key or issuer compromise replace the reason (JPKI-3.5)', () => {
    const revoked = status('REVOKED', { reason: REASON.affiliationChanged });
    expect(decideRevocation(revoked, 'KEY_LEAKED_OR_LOST', NOW)).toBe('UPGRADE');
    expect(decideRevocation(revoked, 'HOLDER_APPLICATION', NOW)).toBe('FINAL');
    const compromised = status('REVOKED', { reason: REASON.keyCompromise });
    expect(decideRevocation(compromised, 'KEY_LEAKED_OR_LOST', NOW)).toBe('FINAL');
    expect(decideRevocation(compromised, 'ISSUER_KEY_LEAKED', NOW)).toBe('UPGRADE');
    expect(decideRevocation(status('REVOKED', { reason: REASON.caCompromise }), 'KEY_LEAKED_OR_LOST', NOW)).toBe('FINAL');
  });

  it('touches neither an expired certificate nor one that the cause does not name', () => {
    const causes = Object.keys(CAUSES).filter((cause): cause is RevocationCause => cause !== 'HOLD');
    const later = new Date(END.getTime() + 1);
    expect(new Set(causes.map((cause) => decideRevocation(status('VALID'), cause, later)))).toEqual(new Set(['EXPIRED']));
    expect(decideRevocation(status('VALID', { type: 'AUTH_CERT' }), 'CARD_STOPPED', NOW)).toBe('NOT_APPLICABLE');
  });
});
