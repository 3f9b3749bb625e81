import { describe, expect, it } from 'vitest';
import { AT, AUTHORITY, certificateIssuer, certificateOf, crlOf, entry, ISSUER, issuingPoint, keyUsage, number, OTHER_ISSUER, points, testKey } from '../revocation/crl.fixture.js';
import type { PathResult } from './path.js';
import { validatePath } from './validate-path.js';

const [authority, lists] = [testKey(), testKey()];
const anchor = certificateOf({ serial: 1n, issuer: ISSUER, subject: ISSUER, spki: authority.spki, extensions: [AUTHORITY, keyUsage('keyCertSign')] }, authority);
const atLists = points({ crlIssuer: [OTHER_ISSUER] });
const target = certificateOf({ serial: 2n, extensions: [atLists] }, authority);
const SIGNER = 3n;

function judged({ signer = [atLists, keyUsage('cRLSign')], revoked = [] }: { signer?: readonly Buffer[]; revoked?: readonly bigint[] }): PathResult {
  const certificate = certificateOf({ serial: SIGNER, subject: OTHER_ISSUER, spki: lists.spki, extensions: signer }, authority);
  const entries = revoked.map((serial) => entry(serial, certificateIssuer(ISSUER)));
  const crl = crlOf({ issuer: OTHER_ISSUER, entries, extensions: [number(5), issuingPoint({ flags: [4] })] }, lists);
  return validatePath({ target, anchors: [anchor], intermediates: [certificate], crls: [crl], at: AT, checkRevocation: true });
}

describe('a signer of CRLs whose own status its authority left to its own CRL (RFC 5280 4.2.1.13, 6.3.3 (f))', () => {
  it('is one, until that CRL says otherwise', () => {
    expect(judged({})).toMatchObject({ valid: true });
    expect(judged({ revoked: [SIGNER] })).toMatchObject({ valid: false, reason: 'REVOCATION_UNKNOWN' });
    expect(judged({ revoked: [2n] })).toMatchObject({ valid: false, reason: 'REVOKED' });
  });

  it('is none where the authority did not say so, or did not let it sign CRLs', () => {
    expect(judged({ signer: [keyUsage('cRLSign')] })).toMatchObject({ valid: false, reason: 'REVOCATION_UNKNOWN' });
    expect(judged({ signer: [atLists, keyUsage('digitalSignature')] })).toMatchObject({ valid: false, reason: 'REVOCATION_UNKNOWN' });
  });
});
