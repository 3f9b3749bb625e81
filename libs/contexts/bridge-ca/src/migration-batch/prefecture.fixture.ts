import { createHash, type KeyObject } from 'node:crypto';
import { endOfDayInJapan, toLocalDate } from '#kernel';
import {
  buildCrl, buildTbsCertificate, generateRsaKey, issuerOf, parseCertificate, parseName, signCertificate, signingKeyOf,
  type CertificateIssuer, type CertificateProfile, type CrlEntry, type Name, type ParsedCertificate, type SigningKey,
} from '#pki';
import { rootProfile, holderListName, authorityName } from '../authority/profiles.js';
import { MerkleTree, serialLeaf } from './merkle-tree.js';
import { serialOctets, serialText } from './migration-record.js';

/** The former system of a prefecture: what its authority issued, and the file and lists that it hands over. */
export interface Former {
  readonly key: SigningKey;
  readonly certificate: ParsedCertificate;
}

/** 13101 (Chiyoda-ku): a code that is not the fictional one, as authorities of the fictional prefecture do not exist. */
export const MUNICIPALITY = '131016';
export const WINDOW = '13101001A';

/** One in memory, for rules. */
export async function formerAuthority(prefecture = '13'): Promise<Former> {
  const key = signingKeyOf('former', await generateRsaKey(2048));
  const profile = rootProfile(authorityName('JPKI-TEST', prefecture));
  const [notBefore, notAfter] = [new Date('2013-04-01T00:00:00Z'), endOfDayInJapan(toLocalDate('2023-03-31'))];
  const tbs = buildTbsCertificate({ profile, serial: 1n, issuer: 'self', notBefore, notAfter, spki: key.publicKeySpki });
  return { key, certificate: parseCertificate(await signCertificate(tbs, key)) };
}

let holder: Promise<KeyObject> | undefined;
/** All holders have one key: nothing here looks at it, and keys are dear. */
async function holderSpki(): Promise<Buffer> {
  holder ??= generateRsaKey(2048);
  return signingKeyOf('holder', await holder).publicKeySpki;
}

function holderProfile(authority: Name): CertificateProfile {
  return {
    version: 3, signature: 'sha256WithRSAEncryption', id: 'former-holder', key: { modulusBits: 2048 }, validity: { maxYears: 3, endsAt: '145959' },
    subject: [{ type: 'C', value: 'JP' }, { type: 'CN', value: '{commonName}' }],
    extensions: [
      { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature', 'nonRepudiation'] } },
      { critical: false, value: { kind: 'crlDistributionPoints', points: [[{ kind: 'directoryName', name: holderListName(authority) }]] } },
      { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } },
    ],
  };
}

export interface Issued {
  readonly serial: bigint;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export async function issue({ key, certificate }: Former, { serial, notBefore, notAfter }: Issued): Promise<Buffer> {
  const issuer: CertificateIssuer = issuerOf(certificate);
  const tbs = buildTbsCertificate({
    profile: holderProfile(parseName(certificate.subjectDer)), parameters: { commonName: `holder ${serial}` }, serial, issuer, notBefore, notAfter, spki: await holderSpki(),
  });
  return signCertificate(tbs, key);
}

/** A record of the file with what a test changes in it. */
export async function recordOf(former: Former, issued: Issued, changes: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
  const der = await issue(former, issued);
  return {
    pref: '13', caSerial: former.certificate.serial.toString(16), serial: serialText(serialOctets(issued.serial)), notBefore: issued.notBefore.toISOString(), notAfter: issued.notAfter.toISOString(),
    status: 'valid', municipalityCode: MUNICIPALITY, windowId: WINDOW, recordSha256: createHash('sha256').update(der).digest('hex'), recordDer: der.toString('base64'), ...changes,
  };
}

/** The trailer that goes with the records, and the whole file. */
export function fileOf(records: readonly Record<string, unknown>[], changes: Readonly<Record<string, unknown>> = {}): Buffer {
  const serials = records.map(({ serial }) => serialOctets(String(serial))).toSorted((left, right) => left.compare(right));
  const tree = new MerkleTree();
  for (const serial of serials) tree.add(serialLeaf(serial));
  const [first, last] = [serials[0] ?? Buffer.alloc(20), serials.at(-1) ?? Buffer.alloc(20)];
  const count = (status: string): number => records.filter((record) => record['status'] === status).length;
  const trailer = {
    count: records.length, perStatus: { valid: count('valid'), revoked: count('revoked'), expired: count('expired') }, merkleRoot: tree.root().toString('hex'),
    firstSerial: serialText(first), lastSerial: serialText(last), ...changes,
  };
  return Buffer.from([...records, trailer].map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** A complete list of the former system. */
export async function listOf({ key, certificate }: Former, { number, at, entries }: { number: number; at: Date; entries: readonly CrlEntry[] }): Promise<Buffer> {
  const content = { issuerDer: certificate.subjectDer, thisUpdate: at, nextUpdate: new Date(at.getTime() + 48 * 3_600_000), crlNumber: BigInt(number), entries };
  return (await buildCrl(content, key)).der;
}

/** A certificate by which a prefecture signs, of whomever it may be. */
export async function prefectureSigner(notBefore: Date): Promise<{ readonly certificate: ParsedCertificate; readonly key: SigningKey }> {
  const key = signingKeyOf('prefecture', await generateRsaKey(2048));
  const profile: CertificateProfile = {
    version: 3, signature: 'sha256WithRSAEncryption', id: 'prefecture', key: { modulusBits: 2048 }, validity: { maxYears: 3 }, subject: [{ type: 'C', value: 'JP' }, { type: 'CN', value: 'Governor' }],
    extensions: [{ critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature', 'nonRepudiation'] } }],
  };
  const notAfter = new Date(notBefore.getTime() + 365 * 86_400_000);
  const tbs = buildTbsCertificate({ profile, serial: 77n, issuer: 'self', notBefore, notAfter, spki: key.publicKeySpki });
  return { certificate: parseCertificate(await signCertificate(tbs, key)), key };
}

/** Of another authority with the same name: a name alone proves nothing. */
export async function impostor(former: Former): Promise<Former> {
  const key = signingKeyOf('impostor', await generateRsaKey(2048));
  const tbs = buildTbsCertificate({
    profile: rootProfile(parseName(former.certificate.subjectDer)), serial: former.certificate.serial, issuer: 'self', notBefore: former.certificate.notBefore, notAfter: former.certificate.notAfter, spki: key.publicKeySpki,
  });
  return { key, certificate: parseCertificate(await signCertificate(tbs, key)) };
}

