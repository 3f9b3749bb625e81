import {
  CrlCheck, GENERIC_CERTIFICATE_LINTS, type ParsedCertificate, type ParsedCrl, PkiError, authorityKeyIdentifierOf, basicConstraintsOf, certificatePairFaultOf, certificatePoliciesOf, checkCrossRequest,
  crlDistributionPointsOf, crlEntriesOf, decodeOcspGet, decryptData, describeObject, dnText, encodeName, encodeOcspGet, extKeyUsageOf, isCertificateSignedBy, isCrlSignedBy, keyUsageOf, lintCertificate, lintCrl,
  lintStandard, messageImprintOf, nameText, ocspUrisOf, parseCertificate, parseCertificatePair, parseCertificatesOnly, parseCrl, parseCsr, parseDn, parseName, parseOcspRequest, parseOcspResponse,
  parseTimestampRequest, parseTimestampResponse, pemBlocksOf, pemEncode, requestFingerprint, subjectAltNamesOf, subjectKeyIdentifierOf, timestampFailureOf, validatePath,
  verifyOcspResponse, verifySignedData, verifyTimestamp,
} from '#pki';
import { profileSet } from '#contexts/jpki-ca';
import { ProtocolFault } from '../../apps/directory/ber.js';
import { filteredBy, matches } from '../../apps/directory/filter.js';
import { Framing } from '../../apps/directory/framing.js';
import { readMessage } from '../../apps/directory/message.js';
import { encode, treeOf } from './der-tree.js';
import { isTakenForAnother } from './migration-lines.js';
import type { Surroundings, Target } from './samples.js';

/** What a parser let pass that it should not have. */
export class Accepted extends Error {}

/** Reads a message; a refusal is a `PkiError`. `signed` unless a signature in it cannot be right. */
type Reading = (der: Buffer, at: Surroundings, signed: boolean) => void;

const profile = profileSet('JPKI-TEST').holder.SIGN_CERT;
const READERS = [
  keyUsageOf, extKeyUsageOf, basicConstraintsOf, subjectKeyIdentifierOf, authorityKeyIdentifierOf, subjectAltNamesOf, crlDistributionPointsOf, certificatePoliciesOf, ocspUrisOf,
  ({ der }: ParsedCertificate) => lintStandard(der), ({ der }: ParsedCertificate) => describeObject(der), ({ subject }: ParsedCertificate) => nameText(subject),
];

/** Runs what may refuse for itself, so that the next one is tried as well. */
function each(...readings: readonly (() => unknown)[]): void {
  for (const read of readings) {
    try {
      read();
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
    }
  }
}

/** A name that is read is written by the same octets. */
function sameName(nameDer: Buffer): void {
  if (!encodeName(parseName(nameDer)).equals(nameDer)) throw new Accepted('a name is written otherwise than it was read');
}

/** What was read as DER is DER: written anew by an encoder that knows one form only, it is the same. */
function isDer(der: Buffer): void {
  const tree = treeOf(der, 'closed');
  if (tree === undefined || !Buffer.concat(tree.map(encode)).equals(der)) throw new Accepted('read as DER and is none');
}

function readCertificate(der: Buffer, { material: { sign } }: Surroundings): ParsedCertificate {
  const certificate = parseCertificate(der);
  isDer(der);
  each(...READERS.map((read) => () => read(certificate)));
  each(() => lintCertificate(der, sign.certificate, { profile, lints: GENERIC_CERTIFICATE_LINTS }));
  sameName(certificate.subjectDer);
  return certificate;
}

function readCrl(der: Buffer, { material: { sign, partition } }: Surroundings): ParsedCrl {
  const crl = parseCrl(der);
  const distributionPoint = { fullName: [{ kind: 'directoryName', name: partition }], only: 'userCerts' } as const;
  each(
    () => {
      const entries = [...crlEntriesOf(crl)];
      if (entries.length < 5_000) isDer(der);
    }, () => describeObject(der), () => lintStandard(der),
    () => lintCrl(crl, { distributionPoint, maxSeconds: 172_800, previousNumber: 1n }),
    () => {
      const check = new CrlCheck({ issuerDer: sign.certificate.subjectDer, issuerSpki: sign.certificate.spki, number: 7n, entryCount: 3 }, { distributionPoint, maxSeconds: 172_800 });
      for (let at = 0; at < der.length; at += 100) check.push(der.subarray(at, at + 100));
      check.end();
    },
  );
  sameName(crl.issuerDer);
  return crl;
}

function forged(signed: boolean, verifies: boolean): void {
  if (!signed && verifies) throw new Accepted('changed, and its signature verifies');
}

/** A path with the message as one of its certificates or lists. */
function readPath(der: Buffer, { bridge: { anchor, crosses, holder }, crls, material: { registrar, sign } }: Surroundings): void {
  const certificates: ParsedCertificate[] = [];
  const lists: ParsedCrl[] = [];
  each(() => certificates.push(parseCertificate(der)), () => lists.push(parseCrl(der)));
  const common = { anchors: [anchor, sign.certificate], intermediates: [...crosses, ...certificates], crls: [...crls, ...lists], at: registrar.now };
  for (const target of [holder, ...certificates]) {
    validatePath({ ...common, target, explicitPolicy: true, anchorConstraints: true, peerName: 'www.example.jp' });
    validatePath({ ...common, target, checkRevocation: true, purpose: 'serverAuth' });
  }
}

/** A connection's octets, as the directory reads them. */
function readLdap(octets: Buffer): void {
  try {
    for (const bytes of new Framing().take(octets)) {
      const { request } = readMessage(bytes);
      if (request.kind === 'search') matches(request.filter, filteredBy([['ou', ['a']], ['cn', ['b']]]));
      const dn = request.kind === 'search' ? parseDn(request.base) : request.kind === 'bind' ? parseDn(request.name) : undefined;
      if (dn !== undefined && parseDn(dnText(dn.name))?.key !== dn.key) throw new Accepted('a name is written otherwise than it was read');
    }
  } catch (error) {
    if (!(error instanceof ProtocolFault)) throw error;
  }
}

const READINGS: Readonly<Record<Target, Reading>> = {
  csr: (der, { material: { holder } }, signed) => {
    checkCrossRequest(der, { authority: { subjectDer: holder.certificate.subjectDer, spki: holder.certificate.spki }, fingerprint: requestFingerprint(der) });
    parseCsr(der);
    isDer(der);
    forged(signed, true);
  },
  'ocsp-request': (der) => {
    each(() => decodeOcspGet(der.toString('latin1')), () => parseOcspRequest(decodeOcspGet(encodeOcspGet(der))), () => describeObject(der));
    parseOcspRequest(der);
    isDer(der);
  },
  'ocsp-response': (der, { material: { sign, registrar } }) => {
    each(() => describeObject(der));
    const response = parseOcspResponse(der);
    isDer(der);
    if (response.status === 'successful') verifyOcspResponse(response, { issuer: sign.certificate, at: registrar.now, serials: [1n, 2n, 3n], nonce: Buffer.alloc(32, 7) });
  },
  'timestamp-request': (der) => {
    timestampFailureOf(parseTimestampRequest(der), []);
    isDer(der);
  },
  'timestamp-response': (der, { material: { tsa } }) => {
    each(() => describeObject(der));
    const response = parseTimestampResponse(der);
    isDer(der);
    if ('token' in response) verifyTimestamp(response.token, { imprint: messageImprintOf('sha256', Buffer.from('data')), certificates: [tsa.certificate] });
  },
  certificate: (der, at, signed) => {
    const certificate = readCertificate(der, at);
    forged(signed, isCertificateSignedBy(certificate, at.material.sign.certificate.spki));
  },
  crl: (der, at, signed) => {
    const crl = readCrl(der, at);
    forged(signed, isCrlSignedBy(crl, at.material.sign.certificate.spki));
  },
  cms: (der, { material: { holder } }) => {
    each(
      () => verifySignedData(der, holder.certificate), () => verifySignedData(der, holder.certificate, Buffer.from('detached')), () => decryptData(der, holder.certificate, holder.privateKey),
      () => parseCertificatesOnly(der), () => describeObject(der),
    );
  },
  pair: (der, { bridge: { anchor } }) => {
    certificatePairFaultOf(parseCertificatePair(der), { subjectDer: anchor.subjectDer, spki: anchor.spki });
    isDer(der);
  },
  path: readPath,
  'migration-line': (der, { material }, signed) => forged(signed, isTakenForAnother(der, material)),
  ldap: readLdap,
  pem: (der) => {
    const texts = [der.toString('latin1'), pemEncode('CERTIFICATE', der), pemEncode('CERTIFICATE', der).replaceAll('A', der.subarray(0, 40).toString('latin1'))];
    for (const text of texts) each(() => pemBlocksOf(text), () => parseCertificate(text), () => parseCsr(text), () => parseCrl(text), () => parseCertificatesOnly(text));
  },
};

/** Reads a message by the parser; throws what is no refusal. */
export function read(target: Target, der: Buffer, at: Surroundings, signed = true): void {
  each(() => READINGS[target](der, at, signed));
}
