import { type Name, type ParsedCertificate, type ParsedCrl, type ProfileExtension, parseCertificate, validatePath } from '#pki';
import { type Case, certificates, lists } from './case.js';
import { type BridgeChanges, G, type Material, P, PREFECTURE, SIGN_POLICY, bridgeOf } from './material.js';
import { authority, plainProfile } from './party.js';

/** A question about a path; `crls` when revocation is to be checked. */
interface Question {
  readonly clause: string;
  readonly accept: boolean;
  readonly target: ParsedCertificate;
  readonly anchor: ParsedCertificate;
  readonly bundle?: readonly ParsedCertificate[];
  readonly crls?: readonly ParsedCrl[];
  readonly policy?: string;
}

type Questions = Readonly<Record<string, Question>>;

function caseOf(id: string, question: Question, at: Date): Case {
  const { target, anchor, bundle = [], crls, policy, clause, accept } = question;
  const ours = validatePath({
    target, anchors: [anchor], intermediates: bundle, crls: crls ?? [], at, checkRevocation: crls !== undefined,
    ...(policy === undefined ? {} : { initialPolicies: [policy], explicitPolicy: true }),
  }).valid;
  const files = {
    'target.pem': certificates(target), 'anchor.pem': certificates(anchor), 'bundle.pem': certificates(...bundle), 'crls.pem': lists(...(crls ?? [])),
    // From the target upwards: some programs build no path.
    'chain.pem': certificates(target, ...bundle), 'target.der': target.der, 'anchor.der': anchor.der,
    ...Object.fromEntries(bundle.map(({ der }, n) => [`bundle-${n}.der`, der])), ...Object.fromEntries((crls ?? []).map(({ der }, n) => [`crl-${n}.der`, der])),
  };
  return { id, kind: 'path', clause, accept, ours, files, revocation: crls !== undefined, ...(policy === undefined ? {} : { policy }) };
}

function damaged({ der }: ParsedCertificate): ParsedCertificate {
  const changed = Buffer.from(der);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return parseCertificate(changed);
}

async function holders(material: Material): Promise<Questions> {
  const { sign, next, stranger, auth, holder, registrar, holderBy, spare } = material;
  const [target, anchor] = [holder.certificate, sign.certificate];
  const of = (accept: boolean, clause: string, more: Partial<Question> = {}): Question => ({ clause, accept, target, anchor, ...more });
  const end: ProfileExtension = { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } };
  const [keys] = spare;
  if (keys === undefined) throw new Error('a spare key expected');
  const below = await registrar.certify({ profile: plainProfile([{ type: 'C', value: 'JP' }, { type: 'CN', value: 'below' }], end), serial: 9n }, keys, holder);
  return {
    'holder': of(true, 'RFC 5280 6.1'),
    'holder-of-login': of(true, 'RFC 5280 6.1', { target: material.authHolder.certificate, anchor: auth.certificate }),
    'policy-asked': of(true, 'RFC 5280 6.1.5 (g)', { policy: SIGN_POLICY }),
    'policy-of-another': of(false, 'RFC 5280 6.1.5 (g)', { policy: P }),
    'expired': of(false, 'RFC 5280 6.1.3 (a)(2)', { target: await holderBy(sign, 10n, [-400, -1]) }),
    'not-yet-valid': of(false, 'RFC 5280 6.1.3 (a)(2)', { target: await holderBy(sign, 11n, [2, 400]) }),
    'damaged': of(false, 'RFC 5280 6.1.3 (a)(1)', { target: damaged(target) }),
    'same-name-another-key': of(false, 'RFC 5280 6.1.3 (a)(1)', { target: await holderBy(stranger, 12n) }),
    'another-authority': of(false, 'RFC 5280 6.1.3 (a)(4)', { anchor: auth.certificate }),
    'holder-as-authority': of(false, 'RFC 5280 6.1.4 (k)', { target: below.certificate, bundle: [target] }),
    'old-with-new': of(true, 'JPKI-4.3 link certificates', { anchor: next.certificate, bundle: [material.oldWithNew] }),
    'old-with-new-missing': of(false, 'JPKI-4.3 link certificates', { anchor: next.certificate }),
    'old-with-new-by-key': of(true, 'JPKI-4.3 link certificates', { target: (await registrar.certify({ profile: plainProfile([{ type: 'C', value: 'JP' }, { type: 'CN', value: 'plain' }], end), serial: 15n }, keys, sign)).certificate, anchor: next.certificate, bundle: [material.oldWithNew] }),
    'new-with-old': of(true, 'JPKI-4.3 link certificates', { target: await holderBy(next, 13n), bundle: [material.newWithOld] }),
  };
}

async function revocation(material: Material): Promise<Questions> {
  const { sign, next, stranger, auth, holder, authHolder, registrar, partition, otherPartition, authPartition, arl, holderBy } = material;
  const [target, anchor] = [holder.certificate, sign.certificate];
  const point = partition;
  const of = (accept: boolean, crls: readonly ParsedCrl[], more: Partial<Question> = {}): Question => ({ clause: 'RFC 5280 6.3.3', accept, target, anchor, crls, ...more });
  const [empty, full, own] = [await registrar.list(sign, { point }), await registrar.list(sign, { point, revoked: [target.serial] }), await arl(sign)];
  const login = { target: authHolder.certificate, anchor: auth.certificate };
  const loginList = (revoked: readonly bigint[]) => registrar.list(auth, { point: authPartition, revoked, reason: 'certificateHold' });
  const renewed = await holderBy(next, 14n);
  const viaLink = { anchor: next.certificate, bundle: [material.oldWithNew] };
  return {
    'not-listed': of(true, [empty, own]),
    'revoked': of(false, [full, own]),
    'login-not-listed': of(true, [await loginList([]), await arl(auth)], login),
    'on-hold': of(false, [await loginList([77n]), await arl(auth)], login),
    'full-list': of(true, [await registrar.list(sign, {})]),
    'full-list-revoked': of(false, [await registrar.list(sign, { revoked: [target.serial] })]),
    'no-list': of(false, []),
    'list-of-another-partition': of(false, [await registrar.list(sign, { point: otherPartition }), own]),
    'list-of-authorities-only': of(false, [own]),
    'list-expired': of(false, [await registrar.list(sign, { point, hours: [-72, -24] }), own]),
    'list-by-another-key': of(false, [await registrar.list(stranger, { point }), own]),
    'revoked-by-the-next-key': of(false, [empty, await registrar.list(next, { point, revoked: [14n] }), await arl(next)], { target: renewed, anchor: next.certificate }),
    'not-listed-by-the-next-key': of(true, [full, await registrar.list(next, { point }), await arl(next)], { target: renewed, anchor: next.certificate }),
    'link-not-listed': of(true, [empty, own, await arl(next)], viaLink),
    'link-revoked': of(false, [empty, await arl(next, [901n])], viaLink),
    'link-revoked-old-key-denies': of(false, [empty, own, await arl(next, [901n])], viaLink),
  };
}

const subtree = (...names: readonly Name[]) => names.map((name) => ({ kind: 'directoryName', name }) as const);

async function bridges(material: Material): Promise<Questions> {
  const vectors: readonly (readonly [id: string, accept: boolean, clause: string, policy: string, changes?: BridgeChanges])[] = [
    ['b1', true, 'JPKI-4.10 B1', G], ['b2', false, 'JPKI-4.10 B2', P], ['b4', false, 'JPKI-4.10 B4', G, { holderPolicy: '1.2.392.100.9' }], ['b5', false, 'JPKI-4.10 B5', G, { holderPolicy: null }],
    ['b6', false, 'JPKI-4.10 B6', G, { cross: [{ critical: true, value: { kind: 'policyConstraints', requireExplicitPolicy: 0, inhibitPolicyMapping: 0 } }] }],
    ['b7', true, 'JPKI-4.10 B7', G, { cross: [{ critical: true, value: { kind: 'policyConstraints', requireExplicitPolicy: 0, inhibitPolicyMapping: 1 } }] }],
    ['b8', false, 'JPKI-4.10 B8', G, { pathLength: 0 }], ['b9', true, 'JPKI-4.10 B9', G, { pathLength: 1 }],
    ['b10', false, 'JPKI-4.10 B10', G, { cross: [{ critical: true, value: { kind: 'nameConstraints', permitted: subtree([{ type: 'C', value: 'JP' }, { type: 'O', value: 'JPKI' }]) } }] }],
    ['b11', false, 'JPKI-4.10 B11', G, { cross: [{ critical: true, value: { kind: 'nameConstraints', excluded: subtree(PREFECTURE) } }] }],
    ['names-permitted', true, 'RFC 5280 4.2.1.10', G, { cross: [{ critical: true, value: { kind: 'nameConstraints', permitted: subtree([{ type: 'C', value: 'JP' }]) } }] }],
  ];
  const questions: Record<string, Question> = {};
  for (const [id, accept, clause, policy, changes] of vectors) {
    const { anchor, crosses, holder } = await bridgeOf(material, changes);
    questions[`bridge-${id}`] = { clause, accept, target: holder, anchor, bundle: [crosses[1], crosses[0]], policy };
  }
  return { ...questions, ...(await constrainedNames(material)) };
}

/** Name constraints without policies, for programs that know none. */
async function constrainedNames({ registrar, spare, holder, sign }: Material): Promise<Questions> {
  const [keys] = spare;
  if (keys === undefined) throw new Error('a spare key expected');
  const constrained = (host: string): ProfileExtension => ({ critical: true, value: { kind: 'nameConstraints', permitted: [{ kind: 'dns', host }] } });
  const named = plainProfile([{ type: 'C', value: 'JP' }, { type: 'CN', value: 'server' }],
    { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } }, { critical: false, value: { kind: 'subjectAltName', names: [{ kind: 'dns', host: 'www.example.jp' }] } });
  const questions: Record<string, Question> = {};
  for (const [id, host, accept] of [['inside', 'example.jp', true], ['outside', 'example.com', false]] as const) {
    const middle = await registrar.certify({ profile: plainProfile(PREFECTURE, ...authority(), constrained(host)), serial: 20n }, keys, sign);
    const { certificate } = await registrar.certify({ profile: named, serial: 21n }, holder, middle);
    questions[`host-${id}`] = { clause: 'RFC 5280 6.1.3 (b)', accept, target: certificate, anchor: sign.certificate, bundle: [middle.certificate] };
  }
  return questions;
}

/** Paths of both authorities, of their key generations, and over a bridge (JPKI 4.3, 4.8, 4.10). */
export async function pathCases(material: Material): Promise<Case[]> {
  const questions = { ...(await holders(material)), ...(await revocation(material)), ...(await bridges(material)) };
  return Object.entries(questions).map(([id, question]) => caseOf(id, question, material.registrar.now));
}
