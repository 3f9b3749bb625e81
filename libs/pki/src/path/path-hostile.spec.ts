import { beforeAll, describe, expect, it } from 'vitest';
import { type ParsedCertificate, parseCertificate } from '../certificate/certificate.js';
import { bitString, sequence } from '../der/write.js';
import { PATH_LIMITS } from './budget.js';
import { CaseBuilder, type CertificateSpec } from './case-builder.fixture.js';
import type { PathRequest, PathResult } from './path.js';
import { validatePath } from './validate-path.js';

const AT = new Date('2027-01-01T00:00:00Z');
const MANY = 10_000;

function requestFor(certificates: Readonly<Record<string, CertificateSpec>>, more: Partial<PathRequest> = {}): PathRequest {
  const builder = new CaseBuilder(certificates);
  const others = Object.keys(certificates).filter((id) => id !== 'root' && id !== 'end');
  return {
    target: builder.certificate('end'),
    anchors: [builder.certificate('root')],
    intermediates: others.map((id) => builder.certificate(id)),
    crls: [],
    at: AT,
    ...more,
  };
}

/** The answer, which must come in the time of the budget; a second more for a machine that does other things too. */
function answerInTime(request: PathRequest): PathResult {
  const start = performance.now();
  const result = validatePath(request);
  expect(performance.now() - start).toBeLessThan(PATH_LIMITS.milliseconds + 1_000);
  return result;
}

/** Certificates that differ from the model in their signature alone, which therefore is wrong. */
function copiesOf({ tbs, signatureAlgorithm }: ParsedCertificate): ParsedCertificate[] {
  return Array.from({ length: MANY }, (_none, index) => {
    const signature = Buffer.alloc(70, 1);
    signature.writeUInt32BE(index);
    return parseCertificate(sequence(tbs, signatureAlgorithm, bitString(signature)));
  });
}

function policiesUnder(arc: string, count: number): string[] {
  return Array.from({ length: count }, (_none, index) => `1.2.3.${arc}.${index}`);
}

describe('hostile bundles (JPKI-4.10, JPKI 7)', { timeout: 30_000 }, () => {
  const chain = { root: { ca: true }, ca: { by: 'root', ca: true }, end: { by: 'ca' } };
  let crowd: ParsedCertificate[];
  beforeAll(() => {
    crowd = copiesOf(new CaseBuilder({ ...chain, other: { by: 'root', ca: true, subject: 'CN=ca', ski: null } }).certificate('other'));
  });

  it('finds the one of 10,000 certificates of a name that the key identifier tells', () => {
    const request = requestFor(chain);
    const result = answerInTime({ ...request, intermediates: [...crowd, ...request.intermediates] });
    expect(result.valid && result.path.length).toBe(3);
  });

  it('gives up after 64 candidates when nothing tells it', () => {
    const request = requestFor({ ...chain, ca: { by: 'root', ca: true, ski: null }, end: { by: 'ca', aki: null } });
    const result = answerInTime({ ...request, intermediates: crowd });
    expect(result).toMatchObject({ valid: false, reason: 'PATH_BUDGET_EXCEEDED' });
    expect(result.valid ? '' : result.detail).toContain('64 candidates');
  });

  it('looks at the same certificate once, however often the bundle has it', () => {
    const request = requestFor({ ...chain, end: { by: 'ca', aki: null, damaged: true } });
    const intermediates = request.intermediates.flatMap((one) => Array<ParsedCertificate>(1_000).fill(one));
    const result = answerInTime({ ...request, intermediates });
    expect(result).toMatchObject({ valid: false, reason: 'BAD_SIGNATURE' });
  });

  it('gives up after 200 signature checks for keys that inherit their parameters', () => {
    const request = requestFor({ root: { ca: true, key: 'dsa-a', scheme: 'dsa256' }, ca: { by: 'root', ca: true, key: 'dsa-b', scheme: 'dsa256', inherits: 'absent' }, end: { by: 'ca', scheme: 'dsa256' } });
    expect(answerInTime(request).valid).toBe(true);
    const result = answerInTime({ ...request, intermediates: request.intermediates.flatMap(copiesOf) });
    expect(result).toMatchObject({ valid: false, reason: 'PATH_BUDGET_EXCEEDED' });
  });

  it('gives up after 200 signature checks, over all levels', () => {
    const specs: Record<string, CertificateSpec> = { root: { ca: true }, end: { by: 'a0', aki: null } };
    for (let copy = 0; copy < 5; copy += 1) specs[`b${copy}`] = { by: 'root', ca: true, subject: 'CN=b', ski: null };
    const a = { by: 'b0', signedBy: 'nobody', ca: true, subject: 'CN=a', key: 'a', ski: null, aki: null };
    for (let copy = 0; copy < 50; copy += 1) specs[`a${copy}`] = a;
    const result = answerInTime(requestFor(specs));
    expect(result).toMatchObject({ valid: false, reason: 'PATH_BUDGET_EXCEEDED' });
    expect(result.valid ? '' : result.detail).toContain('200 signature checks');
  });

  it('ends in a mesh where everybody certified everybody and no path is valid', () => {
    const specs: Record<string, CertificateSpec> = { root: { ca: true }, end: { by: 'c0', subject: 'C=US/CN=x' } };
    for (let subject = 0; subject < 12; subject += 1) {
      specs[`c${subject}`] = { by: 'root', ca: true, excluded: ['dn:C=US'] };
      for (let issuer = 0; issuer < 12; issuer += 1) {
        if (issuer !== subject) specs[`c${subject}by${issuer}`] = { by: `c${issuer}`, ca: true, subject: `CN=c${subject}`, key: `c${subject}` };
      }
    }
    expect(answerInTime(requestFor(specs))).toMatchObject({ valid: false, reason: 'PATH_BUDGET_EXCEEDED' });
  });

  it('counts policies, not the ways that lead to them', () => {
    const policies = policiesUnder('1', 50);
    const mappings = policies.flatMap((from) => policies.map((to) => [from, to] as const));
    const specs: Record<string, CertificateSpec> = { root: { ca: true } };
    for (let level = 0; level < 8; level += 1) specs[`c${level}`] = { by: level === 0 ? 'root' : `c${level - 1}`, ca: true, policies, mappings };
    const result = answerInTime(requestFor({ ...specs, end: { by: 'c7', policies } }, { explicitPolicy: true }));
    expect(result.valid && result.policies.length).toBe(50);
  });

  it('answers on 10,000 policies and as many mappings', () => {
    const [above, below] = [policiesUnder('1', MANY), policiesUnder('2', MANY)];
    const mappings = above.map((from, index) => [from, below[index] ?? ''] as const);
    const ca = { by: 'root', ca: true, policies: above, mappings };
    const result = answerInTime(requestFor({ ...chain, ca, end: { by: 'ca', policies: below } }, { explicitPolicy: true }));
    expect(result.valid && result.policies.length).toBe(MANY);
  });

  it('answers on 10,000 constraints over 10,000 names', () => {
    const excluded = Array.from({ length: MANY }, (_none, index) => `dns:x${index}.example`);
    const names = Array.from({ length: MANY }, (_none, index) => `dns:y${index}.example`);
    const result = answerInTime(requestFor({ ...chain, ca: { by: 'root', ca: true, excluded }, end: { by: 'ca', names } }));
    expect(result).toMatchObject({ valid: false, reason: 'PATH_BUDGET_EXCEEDED' });
  });
});
