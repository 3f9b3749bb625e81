import { describe, expect, it } from 'vitest';
import type { PathRequest, PathResult } from './path.js';
import { PKITS_INVALID, PKITS_POLICIES, pkits } from './pkits.fixture.js';
import { ANY_POLICY } from './policy-extensions.js';
import { validatePath } from './validate-path.js';

const { certificates, crls, count } = pkits();
const anchors = [...certificates].filter(([name]) => name === 'TrustAnchorRootCertificate').map(([, anchor]) => anchor);
/** All of the suite at once: the builder finds the path, and no other one may be valid. */
const bundle = { anchors, intermediates: [...certificates.values()], crls: [...crls.values()], at: new Date('2020-01-01T00:00:00Z'), checkRevocation: true };
const POLICY_ARC = '2.16.840.1.101.3.2.1.48.';

function judged(name: string, more: Partial<PathRequest> = {}): PathResult | 'unreadable' {
  const target = certificates.get(`${name}EE`);
  return target === undefined ? 'unreadable' : validatePath({ ...bundle, target, ...more });
}

const verdict = (result: PathResult | 'unreadable'): string => (result === 'unreadable' ? result : result.valid ? 'VALID' : result.reason);
const invalid = Object.entries(PKITS_INVALID).flatMap(([reason, names]) => names.split(' ').map((name) => [`Invalid${name}`, reason] as const));
const asPolicies = (arcs: string): string[] => (arcs === 'none' ? [] : arcs.split(',').map((arc) => (arc === 'any' ? ANY_POLICY : POLICY_ARC + arc)));

/** Not of this engine. */
const OTHERWISE = new Map([
  // It accepts no DSA (4.1.4 to 4.1.6 are optional).
  ['ValidDSASignaturesTest4', 'ALGORITHM_NOT_ACCEPTED'], ['ValidDSAParameterInheritanceTest5', 'ALGORITHM_NOT_ACCEPTED'], ['InvalidDSASignatureTest6', 'unreadable'],
  // 4.14.30: the only list that speaks of the certificate of the list's own key is signed by that key. Who holds a stolen key would declare it good.
  ['ValidcRLIssuerTest30', 'REVOCATION_UNKNOWN'],
]);

describe('NIST PKITS 1.0.1 (JPKI-4.17)', { timeout: 60_000 }, () => {
  const tests = [...certificates.keys(), 'InvalidDSASignatureTest6EE'].filter((name) => /Test\d+EE$/.test(name)).map((name) => name.slice(0, -2));

  it('is there whole: 224 tests over 405 certificates and 173 CRLs; the first certificate is that of 4.1.1 and 4.8.1', () => {
    expect([tests.length + 1, count]).toEqual([224, { certificates: 405, crls: 173 }]);
    expect(new Set(invalid.map(([name]) => name)).size).toBe(tests.filter((name) => name.startsWith('Invalid')).length - 1);
  });

  it('every path that must be valid is valid, but for DSA and the list that answers for its own key', () => {
    const valid = tests.filter((name) => name.startsWith('Valid'));
    expect(valid.flatMap((name) => ((found) => (found === 'VALID' ? [] : [[name, found]]))(verdict(judged(name))))).toEqual([...OTHERWISE].filter(([name]) => name.startsWith('Valid')).sort());
    expect(valid.length).toBe(88);
  });

  it('every path that must not be valid fails at the check that the test is about', () => {
    expect(invalid.map(([name]) => [name, verdict(judged(name))])).toEqual(invalid);
    expect(verdict(judged('InvalidDSASignatureTest6'))).toBe(OTHERWISE.get('InvalidDSASignatureTest6'));
  });

  it('policies are those of the document for each of its initial values (4.8 to 4.12)', () => {
    for (const line of PKITS_POLICIES) {
      const [, name = '', asked = '', ...rest] = line.split(' ');
      const expected = rest.at(-1) ?? '';
      const result = judged(name, {
        initialPolicies: asPolicies(asked), explicitPolicy: rest.includes('explicit'), inhibitMapping: rest.includes('noMapping'), inhibitAny: rest.includes('noAny'),
      });
      expect(result, line).toMatchObject(expected === '-' ? { valid: false, reason: 'NO_EXPLICIT_POLICY' } : { valid: true, policies: asPolicies(expected) });
    }
  });
});
