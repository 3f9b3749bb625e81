import {
  type OcspCertStatus, type ParsedCertificate, type ParsedCrl, PkiError, buildOcspResponse, buildTimestampResponse, buildTimestampToken, certIdOf, createOcspRequest, createTimestampRequest, decryptData,
  encryptData, isCrlSignedBy, messageImprintOf, parseOcspResponse, parseTimestampRequest, parseTimestampResponse, pemEncode, signData, validatePath, verifyOcspResponse, verifySignedData, verifyTimestamp,
} from '#pki';
import { profileSet } from '#contexts/jpki-ca';
import { type Case, type Kind, certificates, lists } from './case.js';
import type { Material } from './material.js';
import type { Party } from './party.js';

const DATA = Buffer.from('h_last of segment 7');
const POLICY = '1.2.392.200149.8.5.9.1';

interface Told {
  readonly clause: string;
  readonly accept: boolean;
}

type Made = Told & Pick<Case, 'files' | 'ours'>;

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof PkiError) return false;
    throw error;
  }
}

/** The last octet, which belongs to a signature or to what one covers, with a bit turned. */
function damaged(der: Buffer): Buffer {
  const changed = Buffer.from(der);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return changed;
}

function listCases({ sign, stranger, registrar }: Material, empty: ParsedCrl, other: ParsedCrl, old: ParsedCrl): Readonly<Record<string, Made>> {
  const of = (accept: boolean, clause: string, crl: ParsedCrl): Made => ({
    accept, clause, files: { 'anchor.pem': certificates(sign.certificate), 'anchor.der': sign.certificate.der, 'list.der': crl.der, 'list.pem': lists(crl) },
    ours: isCrlSignedBy(crl, sign.certificate.spki) && (crl.nextUpdate ?? registrar.now) > registrar.now,
  });
  return {
    'list': of(true, 'RFC 5280 5.1.1.3', empty), 'list-by-stranger': of(false, 'RFC 5280 5.1.1.3', other), 'list-past': of(false, 'RFC 5280 5.1.2.5', old),
    'list-own-stranger': { ...of(true, 'RFC 5280 5.1.1.3', other), files: { 'anchor.pem': certificates(stranger.certificate), 'anchor.der': stranger.certificate.der, 'list.der': other.der, 'list.pem': lists(other) }, ours: isCrlSignedBy(other, stranger.certificate.spki) },
  };
}

interface Answered extends Told {
  readonly status?: OcspCertStatus;
  readonly by?: Party;
  /** No certificate inside when the authority answers itself. */
  readonly delegate?: ParsedCertificate;
  readonly serial?: bigint;
  readonly hours?: readonly [number, number];
  readonly damaged?: true;
}

async function ocspCase({ sign, holder, responder, registrar }: Material, said: Answered): Promise<Made> {
  const { serial } = holder.certificate;
  const { clause, accept, status = { kind: 'good' }, by = responder, hours: [from, to] = [-1, 24], ...more } = said;
  const certId = certIdOf(sign.certificate, more.serial ?? serial, 'sha1');
  const delegate = by === sign ? {} : { responderCertificate: (more.delegate ?? by.certificate).der };
  const built = await buildOcspResponse({ answers: [{ certId, status, thisUpdate: registrar.hours(from), nextUpdate: registrar.hours(to) }], producedAt: registrar.hours(from), ...delegate }, by.key);
  // The signature stands before the certificates.
  const der = more.damaged === true ? Buffer.from(built.toString('latin1').replace(by.key.keyIdentifier.toString('latin1'), damaged(by.key.keyIdentifier).toString('latin1')), 'latin1') : built;
  const ours = holds(() => {
    const response = parseOcspResponse(der);
    return response.status === 'successful' && verifyOcspResponse(response, { issuer: sign.certificate, at: registrar.now, serials: [serial] })[0]?.status.kind === 'good';
  });
  const files = {
    'response.der': der, 'request.der': createOcspRequest({ items: [certIdOf(sign.certificate, serial, 'sha1')] }), 'target.pem': certificates(holder.certificate), 'target.der': holder.certificate.der,
    'anchor.pem': certificates(sign.certificate), 'anchor.der': sign.certificate.der, 'serial.txt': serial.toString(16).padStart(8, '0'),
  };
  return { clause, accept, ours, files };
}

async function ocspCases(material: Material): Promise<Readonly<Record<string, Made>>> {
  const { sign, next, auth, responder, tsa, registrar } = material;
  const certified = async (issuer: Party, serial: bigint) => (await registrar.certify({ profile: profileSet('JPKI-TEST').responder.sign, parameters: { number: '2' }, serial, days: [-1, 9] }, responder, issuer)).certificate;
  const delegateRule = 'RFC 6960 4.2.2.2';
  return {
    'ocsp-good': await ocspCase(material, { accept: true, clause: 'RFC 6960 2.2' }),
    'ocsp-good-by-authority': await ocspCase(material, { accept: true, clause: delegateRule, by: sign }),
    'ocsp-revoked': await ocspCase(material, { accept: false, clause: 'RFC 6960 2.2', status: { kind: 'revoked', revokedAt: registrar.hours(-30), reason: 'keyCompromise' } }),
    'ocsp-on-hold': await ocspCase(material, { accept: false, clause: 'JPKI-4.9', status: { kind: 'revoked', revokedAt: registrar.hours(-30), reason: 'certificateHold' } }),
    'ocsp-unknown': await ocspCase(material, { accept: false, clause: 'RFC 6960 2.2', status: { kind: 'unknown' } }),
    'ocsp-of-another': await ocspCase(material, { accept: false, clause: 'RFC 6960 3.2 (1)', serial: 3n }),
    'ocsp-past': await ocspCase(material, { accept: false, clause: 'RFC 6960 3.2 (6)', hours: [-48, -24] }),
    'ocsp-damaged': await ocspCase(material, { accept: false, clause: 'RFC 6960 3.2 (2)', damaged: true }),
    'ocsp-without-purpose': await ocspCase(material, { accept: false, clause: delegateRule, by: tsa }),
    'ocsp-delegate-of-another': await ocspCase(material, { accept: false, clause: delegateRule, delegate: await certified(auth, 50n) }),
    'ocsp-delegate-of-next-key': await ocspCase(material, { accept: false, clause: delegateRule, delegate: await certified(next, 51n) }),
  };
}

interface Stamped extends Told {
  readonly by?: Party;
  readonly data?: Buffer;
  readonly nonce?: bigint;
}

async function timestampCase({ sign, tsa, registrar }: Material, said: Stamped): Promise<Made> {
  const { clause, accept, by = tsa, data = DATA, nonce = 7n } = said;
  const asked = createTimestampRequest({ imprint: messageImprintOf('sha256', DATA), policy: POLICY, nonce: 7n, withCertificate: true });
  const request = { ...parseTimestampRequest(asked), imprint: messageImprintOf('sha256', data), nonce };
  const response = buildTimestampResponse(await buildTimestampToken(request, { policy: POLICY, serial: 5n, time: registrar.hours(-1), accuracyMicros: 1_000_000 }, by));
  const ours = holds(() => {
    const read = parseTimestampResponse(response);
    if (!('token' in read)) return false;
    const verdict = verifyTimestamp(read.token, { imprint: messageImprintOf('sha256', DATA), nonce: 7n, policies: [POLICY], certificates: [] });
    return verdict.valid && validatePath({ target: verdict.certificate, anchors: [sign.certificate], intermediates: [], crls: [], at: verdict.time, purpose: 'timeStamping' }).valid;
  });
  return { clause, accept, ours, files: { 'anchor.pem': certificates(sign.certificate), 'request.der': asked, 'response.der': response, data: DATA } };
}

async function timestampCases(material: Material): Promise<Readonly<Record<string, Made>>> {
  return {
    'stamp': await timestampCase(material, { accept: true, clause: 'RFC 3161 2.4.2' }),
    'stamp-of-other-data': await timestampCase(material, { accept: false, clause: 'RFC 3161 2.2', data: Buffer.from('other') }),
    'stamp-of-another-request': await timestampCase(material, { accept: false, clause: 'RFC 3161 2.2', nonce: 8n }),
    'stamp-without-purpose': await timestampCase(material, { accept: false, clause: 'RFC 3161 2.3', by: material.holder }),
  };
}

async function cmsCases({ sign, auth, holder, registrar }: Material): Promise<Readonly<Record<string, Made>>> {
  const signed = await signData(DATA, holder, registrar.now);
  const of = (accept: boolean, clause: string, der: Buffer, anchor = sign.certificate): Made => ({
    accept, clause, files: { 'anchor.pem': certificates(anchor), 'anchor.der': anchor.der, 'message.der': der, 'message.pem': pemEncode('PKCS7', der) },
    ours: holds(() => verifySignedData(der, holder.certificate).content.equals(DATA) && validatePath({ target: holder.certificate, anchors: [anchor], intermediates: [], crls: [], at: registrar.now }).valid),
  });
  const swapped = Buffer.from(signed.toString('latin1').replace(DATA.toString('latin1'), DATA.toString('latin1').replace('7', '8')), 'latin1');
  return {
    'cms': of(true, 'RFC 5652 5.6', signed), 'cms-damaged': of(false, 'RFC 5652 5.6', damaged(signed)), 'cms-other-content': of(false, 'RFC 5652 5.4', swapped),
    'cms-other-authority': of(false, 'RFC 5280 6.1.3 (a)(4)', signed, auth.certificate),
  };
}

function sealedCases({ holder, authHolder }: Material): Readonly<Record<string, Made>> {
  const sealed = encryptData(DATA, holder.certificate);
  const of = (accept: boolean, clause: string, der: Buffer, { certificate, privateKey }: Party): Made => ({
    accept, clause, ours: holds(() => decryptData(der, certificate, privateKey).equals(DATA)),
    files: { 'message.der': der, 'recipient.pem': certificates(certificate), 'recipient.key': String(privateKey.export({ type: 'pkcs8', format: 'pem' })), data: DATA },
  });
  return { 'sealed': of(true, 'RFC 5083 2', sealed, holder), 'sealed-damaged': of(false, 'RFC 5083 2', damaged(sealed), holder), 'sealed-for-another': of(false, 'RFC 5652 6.2', sealed, authHolder) };
}

/** Lists, answers about status, time-stamps, signed and sealed messages (JPKI 4.8, 4.9; RFC 3161, RFC 5652, RFC 5083). */
export async function messageCases(material: Material): Promise<Case[]> {
  const { sign, stranger, registrar, partition: point } = material;
  const [empty, other, old] = [await registrar.list(sign, { point }), await registrar.list(stranger, { point }), await registrar.list(sign, { point, hours: [-72, -24] })];
  const kinds: readonly (readonly [Kind, Readonly<Record<string, Made>>])[] = [
    ['list', listCases(material, empty, other, old)], ['ocsp', await ocspCases(material)], ['timestamp', await timestampCases(material)], ['cms', await cmsCases(material)], ['sealed', sealedCases(material)],
  ];
  return kinds.flatMap(([kind, made]) => Object.entries(made).map(([id, one]) => ({ id: `${kind}-${id}`.replace(`${kind}-${kind}`, kind), kind, revocation: false, ...one })));
}

