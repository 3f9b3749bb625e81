import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ParsedCertificate, isCertificateSignedBy } from '../certificate/certificate.js';
import { CaseBuilder, type CertificateSpec } from './case-builder.fixture.js';
import type { PathRequest } from './path.js';
import { validateChain } from './validate-chain.js';
import { validatePath } from './validate-path.js';

const AUTHORITIES = 5;

const CONDITIONS: readonly CertificateSpec[] = [
  {},
  {},
  { pathLength: 0 },
  { pathLength: 1 },
  { permitted: ['dn:C=JP'] },
  { policies: ['1.2.3.1'] },
  { policies: ['2.5.29.32.0'] },
];

/** A certificate of one authority (0 is the anchor) by another, with something that makes some paths through it invalid. */
const crossCertificate = fc.record({
  subject: fc.integer({ min: 1, max: AUTHORITIES }),
  issuer: fc.integer({ min: 0, max: AUTHORITIES }),
  condition: fc.constantFrom(...CONDITIONS),
});

function requestOf(crosses: readonly { subject: number; issuer: number; condition: CertificateSpec }[], explicitPolicy: boolean): PathRequest {
  const specs: Record<string, CertificateSpec> = { root: { ca: true, subject: 'CN=0', key: 'a0' } };
  for (let subject = 1; subject <= AUTHORITIES; subject += 1) specs[`a${subject}`] = { by: 'root', subject: `CN=${subject}` };
  const ids = crosses.map(({ subject, issuer, condition }, index) => {
    const by = issuer === 0 ? 'root' : `a${issuer}`;
    specs[`x${index}`] = { by, ca: true, subject: `CN=${subject}`, key: `a${subject}`, ...condition };
    return `x${index}`;
  });
  specs['end'] = { by: 'a1', policies: ['1.2.3.1'] };
  const builder = new CaseBuilder(specs);
  const [target, anchors, intermediates] = [builder.certificate('end'), [builder.certificate('root')], ids.map((id) => builder.certificate(id))];
  return { target, anchors, intermediates, crls: [], at: new Date('2027-01-01T00:00:00Z'), explicitPolicy };
}

/** Whether any path at all is valid: every way without an authority twice, with no order and nothing remembered. */
function someIsValid(request: PathRequest, path: readonly ParsedCertificate[]): boolean {
  const last = path.at(-1);
  if (last === undefined) return false;
  const certificates = path.toReversed();
  const ends = request.anchors.filter(({ spki }) => isCertificateSignedBy(last, spki));
  if (ends.some((anchor) => 'policies' in validateChain({ anchor, certificates }, { request, revocationFaultOf: undefined }))) return true;
  const issuers = request.intermediates.filter(({ spki }) => isCertificateSignedBy(last, spki) && !path.some((one) => one.spki.equals(spki)));
  return issuers.some((issuer) => someIsValid(request, [...path, issuer]));
}

it('finds a valid path exactly when there is one (RFC 4158 2.4)', { timeout: 60_000 }, () => {
  const seen = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(fc.array(crossCertificate, { minLength: 3, maxLength: 14 }), fc.boolean(), (crosses, explicitPolicy) => {
      const request = requestOf(crosses, explicitPolicy);
      const expected = someIsValid(request, [request.target]);
      seen[expected ? 'valid' : 'invalid'] += 1;
      expect(validatePath(request).valid).toBe(expected);
    }),
    { numRuns: 200 },
  );
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(10);
});
