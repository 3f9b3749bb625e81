import { generateKeyPairSync, sign } from 'node:crypto';
import { type ParsedCertificate, parseCertificate } from '../certificate/certificate.js';
import { encodeExtension } from '../der/extension.js';
import { type Name, encodeName } from '../der/name.js';
import { OID, oid } from '../der/oid.js';
import { TAG } from '../der/tag.js';
import { time } from '../der/time.js';
import { bitString, boolean, contextConstructed, contextPrimitive, integer, sequence, tlv, utf8String } from '../der/write.js';

const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SPKI = KEY.publicKey.export({ type: 'spki', format: 'der' });
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

export function dns(text: string): Buffer {
  return contextPrimitive(2, Buffer.from(text, 'latin1'));
}

export function mail(text: string): Buffer {
  return contextPrimitive(1, Buffer.from(text, 'latin1'));
}

export function uri(text: string): Buffer {
  return contextPrimitive(6, Buffer.from(text, 'latin1'));
}

export function ip(...octets: readonly number[]): Buffer {
  return contextPrimitive(7, Buffer.from(octets));
}

export function directory(name: Name): Buffer {
  return contextConstructed(4, encodeName(name));
}

export function otherName(type: string, text: string): Buffer {
  return contextConstructed(0, oid(type), contextConstructed(0, utf8String(text)));
}

/** GeneralSubtrees of the bases. */
function subtrees(n: number, bases: readonly Buffer[] | undefined): Buffer[] {
  return bases === undefined ? [] : [contextConstructed(n, ...bases.map((base) => sequence(base)))];
}

export function constraints(permitted?: readonly Buffer[], excluded?: readonly Buffer[]): Buffer {
  return sequence(...subtrees(0, permitted), ...subtrees(1, excluded));
}

export interface NamedCertificate {
  readonly subject?: Name;
  readonly issuer?: Name;
  readonly alternativeNames?: readonly Buffer[];
  /** NameConstraints DER; makes an authority. */
  readonly nameConstraints?: Buffer;
}

/** A certificate with these names, all by one key, from 2020 to 2040. */
export function certificateWith({ subject = [], issuer = [], alternativeNames, nameConstraints }: NamedCertificate): ParsedCertificate {
  const extensions = [
    ...(alternativeNames === undefined ? [] : [encodeExtension(OID.subjectAltName, subject.length === 0, sequence(...alternativeNames))]),
    ...(nameConstraints === undefined
      ? []
      : [
          encodeExtension(OID.basicConstraints, true, sequence(boolean(true))),
          encodeExtension(OID.keyUsage, true, tlv(TAG.bitString, Buffer.from([1, 6]))),
          encodeExtension(OID.nameConstraints, true, nameConstraints),
        ]),
  ];
  const tbs = sequence(
    contextConstructed(0, integer(2)),
    integer(7),
    ECDSA_SHA256,
    encodeName(issuer),
    sequence(time(new Date('2020-01-01T00:00:00Z')), time(new Date('2040-01-01T00:00:00Z'))),
    encodeName(subject),
    SPKI,
    ...(extensions.length === 0 ? [] : [contextConstructed(3, sequence(...extensions))]),
  );
  return parseCertificate(sequence(tbs, ECDSA_SHA256, bitString(sign('sha256', tbs, KEY.privateKey))));
}
