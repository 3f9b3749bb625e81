import { type KeyObject, createHash } from 'node:crypto';
import {
  OID, type ParsedCertificate, type ParsedCrl, buildCertificatesOnly, buildOcspError, buildOcspResponse, buildSignedData, buildTimestampRefusal, buildTimestampResponse,
  buildTimestampToken, certIdOf, createCsr, createOcspRequest, createTimestampRequest, encodeCertificatePair, encryptData, enumerated, integer,
  messageImprintOf, octetString, parseTimestampRequest, sequence, signData, tlv,
} from '#pki';
import { PREFECTURE, type Bridge, type Material, bridgeOf, materialAt } from '../interop/material.js';

/** Parsers that meet what strangers wrote. */
export const TARGETS = ['csr', 'ocsp-request', 'ocsp-response', 'timestamp-request', 'timestamp-response', 'certificate', 'crl', 'cms', 'pair', 'path', 'pem', 'migration-line', 'ldap'] as const;
export type Target = (typeof TARGETS)[number];

/** A message that is as it should be. */
export interface Sample {
  readonly target: Target;
  readonly der: Buffer;
  /** Signs the first value of it anew, so that changes are met behind the signature as well. */
  readonly signer?: KeyObject;
}

/** What the parsers are given beside the message. */
export interface Surroundings {
  readonly material: Material;
  readonly bridge: Bridge;
  readonly crls: readonly ParsedCrl[];
  readonly samples: readonly Sample[];
}

const NAMES = [
  { kind: 'dns', host: 'www.example.jp' }, { kind: 'email', address: 'a@example.jp' }, { kind: 'uri', uri: 'http://example.jp/a?b' }, { kind: 'ip', octets: Buffer.from([192, 0, 2, 1]) },
  { kind: 'directoryName', name: PREFECTURE }, { kind: 'otherName', oid: '1.2.392.200149.8.5.5.1', utf8: '基盤　花子' },
] as const;

const SUBTREES = [
  { kind: 'dns', host: 'example.jp' }, { kind: 'email', address: 'example.jp' }, { kind: 'uri', uri: '.example.jp' }, { kind: 'ip', octets: Buffer.from('c0000200ffffff00', 'hex') },
  { kind: 'directoryName', name: [{ type: 'C', value: 'JP' }] },
] as const;

const ldapText = (text: string): Buffer => octetString(Buffer.from(text));
const equal = (attribute: string, value: string): Buffer => tlv(0xa3, ldapText(attribute), ldapText(value));

/** A bind, a search with filters of every kind and a control, StartTLS (RFC 4511). */
const LDAP: readonly Buffer[] = [
  sequence(integer(1), tlv(0x60, integer(3), ldapText('cn=a\\2C b+1.2.3=#0c0161,ou=clients,O=JPKI,C=JP'), tlv(0x80, Buffer.from('pw')))),
  sequence(
    integer(2),
    tlv(0x63, ldapText('OU=\\ \\C3\\A9,o=a'), enumerated(2), enumerated(0), integer(3), integer(5), tlv(0x01, Buffer.from([0])),
      tlv(0xa0, tlv(0xa1, tlv(0x87, Buffer.from('cn')), equal('ou', 'a')), tlv(0xa2, equal('objectClass', 'top')), tlv(0xa4, ldapText('c'), sequence(tlv(0x80, Buffer.from('J'))))), sequence(ldapText('1.1'), ldapText('ou;x'))),
    tlv(0xa0, sequence(ldapText('1.2.3.4'), tlv(0x01, Buffer.from([255])), ldapText('')))),
  sequence(integer(3), tlv(0x77, tlv(0x80, Buffer.from('1.3.6.1.4.1.1466.20037')))),
];

async function timestamps({ tsa }: Material): Promise<Buffer[]> {
  const asked = createTimestampRequest({ imprint: messageImprintOf('sha256', Buffer.from('data')), policy: '1.2.392.200149.8.5.9.1', nonce: 0x1234567890abcdefn, withCertificate: true });
  const token = await buildTimestampToken(parseTimestampRequest(asked), { policy: '1.2.392.200149.8.5.9.1', serial: 5n, time: tsa.certificate.notBefore, accuracyMicros: 1_000_000 }, tsa);
  return [asked, buildTimestampResponse(token), buildTimestampRefusal('badAlg')];
}

async function ocspAnswers({ sign, responder, registrar }: Material): Promise<Buffer[]> {
  const one = (serial: bigint) => ({ certId: certIdOf(sign.certificate, serial, 'sha256'), thisUpdate: registrar.now, nextUpdate: registrar.hours(1) });
  const answers = [
    { ...one(1n), status: { kind: 'good' } as const, archiveCutoff: registrar.hours(-99) }, { ...one(2n), status: { kind: 'unknown' } as const },
    { ...one(3n), status: { kind: 'revoked', revokedAt: registrar.now, reason: 'keyCompromise' } as const },
  ];
  return [buildOcspError('tryLater'), await buildOcspResponse({ answers, producedAt: registrar.now, nonce: Buffer.alloc(32, 7), responderCertificate: responder.certificate.der }, responder.key)];
}

/** Certificates of the path, each with the key that signed it. */
function chain({ spare }: Material, { crosses, holder }: Bridge): [ParsedCertificate, KeyObject | undefined][] {
  return [[crosses[0], spare[0]?.privateKey], [crosses[1], spare[1]?.privateKey], [holder, spare[2]?.privateKey]];
}

function entry(target: Target, der: Buffer, signer?: KeyObject): Sample {
  return signer === undefined ? { target, der } : { target, der, signer };
}

/** Certificates, requests, lists and messages of an authority like ours, with every form of name and constraint. */
export async function surroundings(): Promise<Surroundings> {
  const material = await materialAt(new Date('2026-01-01T00:00:00Z'));
  const { sign, next, stranger, holder, authHolder, auth, responder, tsa, registrar, oldWithNew, newWithOld, partition } = material;
  const bridge = await bridgeOf(material, { pathLength: 2, cross: [
    { critical: true, value: { kind: 'nameConstraints', permitted: SUBTREES, excluded: [{ kind: 'dns', host: 'bad.example.jp' }] } },
    { critical: true, value: { kind: 'inhibitAnyPolicy', skipCertificates: 3 } }, { critical: false, value: { kind: 'subjectAltName', names: NAMES } }, ] });
  const crls = [await registrar.list(sign, { revoked: [3n, 300n, 1n << 120n], reason: 'keyCompromise', point: partition }), await material.arl(sign), await registrar.list({ ...sign, certificate: bridge.anchor }, { revoked: [99n] })];
  const [asked, ...tokens] = await timestamps(material);
  const csr = createCsr(holder.privateKey, [{ type: 'C', value: 'JP' }, { type: 'CN', value: 'Kasumi' }]);
  const items = [certIdOf(sign.certificate, 1n, 'sha1'), certIdOf(sign.certificate, 2n, 'sha256')];
  const attributes: Buffer[] = [];
  const samples: Sample[] = [
    entry('csr', csr, holder.privateKey),
    entry('ocsp-request', createOcspRequest({ items, nonce: Buffer.alloc(32, 1) })),
    ...(await ocspAnswers(material)).map((der) => entry('ocsp-response', der)),
    entry('timestamp-request', asked ?? csr),
    ...tokens.map((der) => entry('timestamp-response', der)),
    ...[sign, next, stranger].map(({ certificate, privateKey }) => entry('certificate', certificate.der, privateKey)),
    ...[holder.certificate, responder.certificate, tsa.certificate, newWithOld].map(({ der }) => entry('certificate', der, sign.privateKey)),
    entry('certificate', oldWithNew.der, next.privateKey), entry('certificate', authHolder.certificate.der, auth.privateKey),
    ...chain(material, bridge).map(([{ der }, key]) => entry('certificate', der, key)),
    ...chain(material, bridge).map(([{ der }, key]) => entry('path', der, key)),
    ...crls.flatMap(({ der }) => [entry('crl', der, sign.privateKey), entry('path', der, sign.privateKey)]),
    entry('cms', await signData(Buffer.from('content'), holder, registrar.now)), entry('cms', encryptData(Buffer.from('content'), holder.certificate)),
    entry('cms', buildCertificatesOnly([sign.certificate.der, oldWithNew.der])),
    entry('cms', await buildSignedData({ type: OID.cmsData, content: Buffer.from('detached'), detached: true, attributes, certificates: [] }, holder)),
    entry('pair', encodeCertificatePair({ forward: bridge.crosses[0].der, reverse: bridge.crosses[1].der })),
    ...LDAP.map((octets) => entry('ldap', octets)),
    entry('pem', holder.certificate.der), entry('migration-line', holder.certificate.der, sign.privateKey),
  ];
  return { material, bridge, crls, samples };
}

/** The digest under which a message is kept. */
export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
