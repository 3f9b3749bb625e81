import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CaseBuilder, type CertificateSpec } from './case-builder.fixture.js';
import { type PathCase, caseGroups, requestOf } from './path-case.fixture.js';
import type { PathRequest } from './path.js';
import { validatePath } from './validate-path.js';

/** Certificates that share names with those of the cases, but no key. */
const NOISE: Readonly<Record<string, CertificateSpec>> = {
  n1: { ca: true },
  n2: { by: 'n1', ca: true, subject: 'CN=ca' },
  n3: { by: 'n2', ca: true, subject: 'CN=root' },
  n4: { by: 'n3', subject: 'CN=end' },
  n5: { by: 'n2', ca: true, subject: 'CN=sub', policies: ['1.2.3.1'] },
  n6: { by: 'n6', ca: true, subject: 'CN=root', key: 'n1' },
};

const POLICY_LISTS = [['1.2.3.1'], ['1.2.3.2'], ['1.2.3.1', '1.2.3.2'], ['2.5.29.32.0']];

/** Each narrows what a question accepts. */
const constraint: fc.Arbitrary<Partial<PathRequest>> = fc.oneof(
  fc.constant({ explicitPolicy: true }),
  fc.constant({ inhibitMapping: true }),
  fc.constant({ inhibitAny: true }),
  fc.constant({ checkRevocation: true }),
  fc.constant({ anchorConstraints: true }),
  fc.constantFrom('serverAuth', 'clientAuth', 'codeSigning', 'timeStamping').map((purpose) => ({ purpose })),
  fc.constant({ peerName: 'a.example' }),
);

/** Each narrows what a certificate allows; on an authority or the target. */
const certificateConstraint: fc.Arbitrary<CertificateSpec> = fc.oneof(
  fc.integer({ min: 0, max: 2 }).map((requireExplicit) => ({ requireExplicit })),
  fc.integer({ min: 0, max: 2 }).map((inhibitMapping) => ({ inhibitMapping })),
  fc.integer({ min: 0, max: 2 }).map((inhibitAny) => ({ inhibitAny })),
  fc.constantFrom('dns:a.example', 'dn:C=JP').map((name) => ({ permitted: [name] })),
  fc.constantFrom('dns:a.example', 'dn:C=JP').map((name) => ({ excluded: [name] })),
  fc.integer({ min: 0, max: 1 }).map((pathLength) => ({ pathLength })),
);

function isPresent(spec: CertificateSpec | null | undefined, change: CertificateSpec): boolean {
  return spec !== undefined && spec !== null && Object.keys(change).some((field) => field in spec);
}

describe('validatePath for every case', { timeout: 60_000 }, () => {
  let cases: readonly PathCase[];
  let requests: readonly PathRequest[];
  let noise: PathRequest['intermediates'];
  beforeAll(() => {
    cases = caseGroups().flatMap((group) => group.cases);
    requests = cases.map(requestOf);
    const builder = new CaseBuilder(NOISE);
    noise = Object.keys(NOISE).map((id) => builder.certificate(id));
  });

  it('gives the same answer for any order and repetition of the bundle', () => {
    fc.assert(
      fc.property(fc.nat(), fc.infiniteStream(fc.nat({ max: 1_000 })), (index, weights) => {
        const request = requests[index % requests.length];
        if (request === undefined) return;
        const repeated = [...request.intermediates, ...request.intermediates.slice(0, 2)];
        const mixed = repeated.map((certificate) => ({ certificate, weight: Number(weights.next().value) }));
        const intermediates = mixed.sort((a, b) => a.weight - b.weight).map(({ certificate }) => certificate);
        const again = { ...request, intermediates, anchors: request.anchors.toReversed(), crls: request.crls.toReversed() };
        expect(validatePath(again)).toEqual(validatePath(request));
      }),
      { numRuns: 150 },
    );
  });

  it('is not moved by certificates that do not matter', () => {
    fc.assert(
      fc.property(fc.nat(), fc.subarray([0, 1, 2, 3, 4, 5]), (index, chosen) => {
        const request = requests[index % requests.length];
        if (request === undefined) return;
        const intermediates = [...chosen.flatMap((at) => noise[at] ?? []), ...request.intermediates];
        const [plain, noisy] = [validatePath(request), validatePath({ ...request, intermediates })];
        expect(noisy.valid).toBe(plain.valid);
        if (plain.valid) expect(noisy).toEqual(plain);
      }),
      { numRuns: 150 },
    );
  });

  it('never accepts under a further condition what it refuses without', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(constraint, { maxLength: 3 }), fc.constantFrom(undefined, ...POLICY_LISTS), (index, added, policies) => {
        const asked = requests[index % requests.length];
        if (asked === undefined) return;
        const { purpose: _purpose, peerName: _peerName, ...request } = asked;
        const wanted = policies === undefined || request.initialPolicies !== undefined ? {} : { initialPolicies: policies };
        const narrowed: PathRequest = added.reduce<PathRequest>((sum, one) => ({ ...sum, ...one }), { ...request, ...wanted });
        if (validatePath(narrowed).valid) expect(validatePath(request).valid).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never accepts with a further constraint in a certificate what it refuses without', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('root', 'ca', 'sub', 'gj'), certificateConstraint, (index, id, change) => {
        const one = cases[index % cases.length];
        const spec = one?.certificates?.[id];
        if (one === undefined || isPresent(spec, change) || (spec === undefined && id !== 'ca' && id !== 'root') || spec === null) return;
        const narrowed = { ...one, certificates: { ...one.certificates, [id]: { ...spec, ...change } } };
        if (validatePath(requestOf(narrowed)).valid) expect(validatePath(requestOf(one)).valid).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
