import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import {
  PkiError, certificatePoliciesOf, nameText, parseCertificate, parseCertificatesOnly, parseCrl, validatePath,
  type ParsedCertificate, type ParsedCrl, type PathResult, type RevocationStatus,
} from '#pki';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { authorityId } from '../authority/authority-view.js';
import type { Provision } from '../repository/provision.js';
import type { Published, RepositoryReader } from '../repository/repository-reader.js';
import type { RevocationListStore } from '../revocation-list/revocation-list.store.js';
import { PATH_STEPS } from './path-steps.js';

const MOST_CERTIFICATES = 256;
const one = z.base64().min(4).max(32_768);
const policies = z.array(z.string().regex(/^[0-2](\.(0|[1-9]\d{0,14})){1,20}$/)).max(50).transform((oids) => (oids.length === 0 ? undefined : oids));

const input = z.strictObject({
  target: one.describe('the certificate in question, DER'),
  anchors: z.array(z.union([z.strictObject({ authorityId }), z.strictObject({ certificate: one })])).min(1).max(20).describe('who is trusted: authorities by id, or certificates'),
  source: z.enum(['PUBLISHED', 'GIVEN']).default('PUBLISHED').describe('whether the repository of the authorities adds its certificates and lists, or what is given stands alone'),
  certificates: z.array(one).max(MOST_CERTIFICATES).default([]), bundle: z.base64().max(1_000_000).optional().describe('PKCS#7 certificates only'), crls: z.array(z.base64().max(500_000)).max(100).default([]),
  asOf: z.iso.datetime().transform((text) => new Date(text)).optional(),
  initialPolicySet: policies.optional().describe('any policy when left out or empty'), initialExplicitPolicy: z.boolean().default(false), initialPolicyMappingInhibit: z.boolean().default(false), initialAnyPolicyInhibit: z.boolean().default(false),
  revocation: z.enum(['require', 'soft', 'none']).default('require').describe('soft: a certificate of which no list speaks is accepted'),
  maxDepth: z.number().int().min(1).max(10).optional(),
});

const listRef = z.object({ issuer: z.string(), number: z.string().optional(), thisUpdate: z.iso.datetime(), nextUpdate: z.iso.datetime().optional(), sha256: z.string() });
const evidence = z.discriminatedUnion('state', [
  z.object({ state: z.literal('GOOD'), lists: z.array(listRef) }), z.object({ state: z.literal('REVOKED'), reason: z.string(), at: z.iso.datetime() }), z.object({ state: z.literal('UNKNOWN'), detail: z.string() }),
]);
const pathStep = z.object({ sha256: z.string(), serial: z.string(), issuer: z.string(), isAnchor: z.boolean(), revocation: evidence.optional() });

const output = z.object({
  valid: z.boolean(), asOf: z.iso.datetime(), path: z.array(pathStep).describe('from the target; of a failure, up to the certificate that failed'),
  policies: z.array(z.string()).describe('user-constrained policy set'), qualifiers: z.array(z.object({ policy: z.string(), cpsUri: z.string() })).describe('of the target\'s policies'),
  failure: z.object({ reason: z.string(), step: z.string(), certificateIndex: z.number().int().describe('in `path`, the target is 0'), detail: z.string() }).optional(),
});

const spec = useCase({
  action: 'bridge-ca.path.validate', kind: 'question', summary: 'Whether a certificate may be relied on: paths over the bridge by RFC 5280 section 6, within a budget',
  input, output, refusals: [...refusals(bridgeCaProblems, 'BUNDLE_UNREADABLE', 'NO_ACCESS_GRANT'), ...refusals(platformProblems, 'UNAVAILABLE')],
});
type Question = InputOf<typeof spec>;

/** What was given to answer with, read. */
interface Material {
  readonly target: ParsedCertificate;
  readonly anchors: readonly ParsedCertificate[];
  readonly intermediates: readonly ParsedCertificate[];
  readonly crls: readonly ParsedCrl[];
}

/** JPKI 4.10: its inputs, its outputs; nothing of what is asked is kept. */
export class ValidatePath implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly repository: RepositoryReader,
    private readonly lists: RevocationListStore,
    private readonly provision: Provision,
  ) {}

  async execute(ctx: Ctx, question: Question): Promise<OutputOf<typeof spec>> {
    // Lists that are given with the question tell nothing that who asks does not know.
    if (question.source === 'PUBLISHED' && question.revocation !== 'none') await this.provision.require(ctx, 'OCSP');
    const at = question.asOf ?? ctx.now;
    const published = await this.repository.read(ctx.db, at);
    const listed = question.source === 'GIVEN' || question.revocation === 'none' ? [] : [...published.lists, ...(await this.lists.at(ctx.db, 'CRL', at))].map(({ der }) => der);
    const material = readable(() => materialOf(question, published, listed));
    const { initialPolicySet, maxDepth } = question;
    const result = validatePath({
      ...material, at, explicitPolicy: question.initialExplicitPolicy, inhibitMapping: question.initialPolicyMappingInhibit, inhibitAny: question.initialAnyPolicyInhibit,
      checkRevocation: question.revocation !== 'none', acceptUnknown: question.revocation === 'soft',
      ...(initialPolicySet === undefined ? {} : { initialPolicies: initialPolicySet }), ...(maxDepth === undefined ? {} : { maxDepth }),
    });
    ctx.audit({ object: 'path-validation', facts: { valid: result.valid, certificates: result.path.length, ...(result.valid ? {} : { reason: result.reason }) } });
    return answerOf(result, material, at);
  }
}

function materialOf({ target, anchors, source, certificates, bundle, crls }: Question, published: Published, listed: readonly Buffer[]): Material {
  const known = published.roots.map(({ authorityId: id, certificate }) => ({ id, certificate: parseCertificate(certificate) }));
  const given = certificates.map((base64) => parseCertificate(Buffer.from(base64, 'base64')));
  const bundled = bundle === undefined ? [] : parseCertificatesOnly(Buffer.from(bundle, 'base64'));
  const stored = source === 'GIVEN' ? [] : [...published.links.map(({ certificate }) => certificate), ...published.pairs.flatMap(({ toBridge, toCounterpart }) => [toBridge, toCounterpart])];
  const trusted = anchors.flatMap((anchor) => ('certificate' in anchor ? [parseCertificate(Buffer.from(anchor.certificate, 'base64'))] : known.filter(({ id }) => id === anchor.authorityId).map((root) => root.certificate)));
  return {
    target: parseCertificate(Buffer.from(target, 'base64')), anchors: trusted, intermediates: [...given, ...bundled, ...stored.map((der) => parseCertificate(der))],
    crls: [...crls.map((base64) => Buffer.from(base64, 'base64')), ...listed].map((der) => parseCrl(der)),
  };
}

/** Refuses BUNDLE_UNREADABLE. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PkiError) throw bridgeCaProblems.refuse('BUNDLE_UNREADABLE', { facts: { fault: error.code } });
    throw error;
  }
}

function answerOf(result: PathResult, { target, anchors }: Material, at: Date): OutputOf<typeof spec> {
  const revocation = result.valid ? (result.revocation ?? []) : [];
  const path = result.path.map((certificate, index) => ({
    sha256: sha256Of(certificate.der), serial: certificate.serial.toString(16), issuer: nameText(certificate.issuer), isAnchor: anchors.some(({ der }) => der.equals(certificate.der)),
    revocation: evidenceOf(revocation[index]),
  }));
  const answer = { valid: result.valid, asOf: at.toISOString(), path, policies: [], qualifiers: [] };
  if (!result.valid) return { ...answer, failure: { reason: result.reason, step: PATH_STEPS[result.reason], certificateIndex: Math.max(0, result.path.length - 1), detail: result.detail } };
  const qualifiers = (certificatePoliciesOf(target) ?? []).flatMap(({ oid, cpsUri }) => (cpsUri === undefined ? [] : [{ policy: oid, cpsUri }]));
  return { ...answer, policies: [...result.policies], qualifiers };
}

function evidenceOf(status: RevocationStatus | undefined): z.input<typeof evidence> | undefined {
  if (status === undefined) return undefined;
  if (status.state === 'UNKNOWN') return status;
  if (status.state === 'REVOKED') return { state: 'REVOKED', reason: status.reason, at: status.at.toISOString() };
  const lists = status.by.map(({ issuer, number, thisUpdate, nextUpdate, der }) => ({
    issuer: nameText(issuer), number: number?.toString(), thisUpdate: thisUpdate.toISOString(), nextUpdate: nextUpdate?.toISOString(), sha256: sha256Of(der),
  }));
  return { state: 'GOOD', lists };
}

function sha256Of(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
