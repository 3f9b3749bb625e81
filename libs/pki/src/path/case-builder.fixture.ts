import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ParsedCertificate, parseCertificate } from '../certificate/certificate.js';
import {
  KEY_USAGE_BITS,
  encodeAuthorityKeyIdentifier,
  encodeExtensionValue,
  encodeKeyUsage,
  encodeSubjectKeyIdentifier,
} from '../certificate/extension-value.js';
import { type ParsedCrl, parseCrl } from '../crl/crl.js';
import { encodeExtension } from '../der/extension.js';
import { type GeneralName, encodeGeneralName } from '../der/general-name.js';
import { type Name, encodeName } from '../der/name.js';
import { OID, oid } from '../der/oid.js';
import { singleContent, valuesOf } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { generalizedTime, time } from '../der/time.js';
import { bitString, contextConstructed, enumerated, integer, nullValue, sequence } from '../der/write.js';
import { keyIdentifierOf } from '../key/public-key.js';

/** A certificate as data; what is absent follows from the defaults of an authority (`ca`) or an end entity. */
export interface CertificateSpec {
  /** Certificate that issues it; itself when absent. */
  readonly by?: string;
  /** `C=JP/O=a/CN=b`, `''` for an empty name; `CN=` and its own id when absent. `bmp:` or `printable:` before a value sets its string type. */
  readonly subject?: string;
  readonly issuer?: string;
  /** Keys have names: `p256` unless the name starts with another kind (`rsa2048-x`). Own id when absent. */
  readonly key?: string;
  /** A DSA key whose parameters are left to the issuer's: not written, or NULL. */
  readonly inherits?: 'absent' | 'null';
  readonly signedBy?: string;
  readonly scheme?: keyof typeof SCHEMES;
  readonly ca?: boolean;
  readonly pathLength?: number;
  readonly keyUsage?: readonly string[] | null;
  readonly purposes?: readonly string[];
  readonly policies?: readonly string[];
  readonly mappings?: readonly (readonly [string, string])[];
  readonly requireExplicit?: number;
  readonly inhibitMapping?: number;
  readonly inhibitAny?: number;
  /** `dns:`, `email:`, `uri:`, `ip:` (hex digits), `dn:`. */
  readonly permitted?: readonly string[];
  readonly excluded?: readonly string[];
  readonly names?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly generalizedTime?: boolean;
  readonly serial?: string;
  readonly version?: number;
  /** Hex digits; null leaves it out. */
  readonly ski?: string | null;
  readonly aki?: string | null;
  /** OIDs or names of extensions whose criticality is not the default one. */
  readonly flip?: readonly string[];
  /** Further extensions: OID or name, criticality, hex digits of the value. */
  readonly more?: readonly (readonly [string, boolean, string])[];
  /** Extensions of the defaults that are left out, by name. */
  readonly without?: readonly string[];
  /** AlgorithmIdentifier beside the signature when it differs, hex digits. */
  readonly outerAlgorithm?: string;
  readonly algorithm?: string;
  readonly damaged?: boolean;
}

export interface CrlSpec {
  readonly by: string;
  readonly signedBy?: string;
  readonly scheme?: keyof typeof SCHEMES;
  readonly revoked?: readonly string[];
  readonly reason?: number;
  readonly from?: string;
  readonly to?: string;
}

const RSA_NULL = nullValue();
const SHA256 = sequence(oid(OID.sha256), RSA_NULL);
export const SCHEMES = {
  ecdsa256: { digest: 'sha256', algorithm: sequence(oid('1.2.840.10045.4.3.2')) },
  ecdsa384: { digest: 'sha384', algorithm: sequence(oid('1.2.840.10045.4.3.3')) },
  ecdsa512: { digest: 'sha512', algorithm: sequence(oid('1.2.840.10045.4.3.4')) },
  ecdsaNull: { digest: 'sha256', algorithm: sequence(oid('1.2.840.10045.4.3.2'), RSA_NULL) },
  rsa256: { digest: 'sha256', algorithm: sequence(oid(OID.sha256WithRsa), RSA_NULL) },
  rsaAbsent: { digest: 'sha256', algorithm: sequence(oid(OID.sha256WithRsa)) },
  rsa1: { digest: 'sha1', algorithm: sequence(oid('1.2.840.113549.1.1.5'), RSA_NULL) },
  rsaMd5: { digest: 'md5', algorithm: sequence(oid('1.2.840.113549.1.1.4'), RSA_NULL) },
  pss256: {
    digest: 'sha256',
    salt: 32,
    algorithm: sequence(
      oid('1.2.840.113549.1.1.10'),
      sequence(
        contextConstructed(0, SHA256),
        contextConstructed(1, sequence(oid(OID.mgf1), SHA256)),
        contextConstructed(2, integer(32)),
      ),
    ),
  },
  pssDefault: { digest: 'sha1', salt: 20, algorithm: sequence(oid('1.2.840.113549.1.1.10'), sequence()) },
  dsa1: { digest: 'sha1', algorithm: sequence(oid('1.2.840.10040.4.3')) },
  dsa256: { digest: 'sha256', algorithm: sequence(oid('2.16.840.1.101.3.4.3.2')) },
  ed25519: { digest: undefined, algorithm: sequence(oid('1.3.101.112')) },
} as const;

const keys = new Map<string, KeyObject>();

/** Private key of a name: made once for all cases. */
export function keyNamed(name: string): KeyObject {
  const known = keys.get(name) ?? newKey(name);
  keys.set(name, known);
  return known;
}

function newKey(name: string): KeyObject {
  const rsa = /^rsa(\d+)(e3)?-/.exec(name);
  if (rsa !== null) return generateKeyPairSync('rsa', { modulusLength: Number(rsa[1]), publicExponent: rsa[2] === undefined ? 65537 : 3 }).privateKey;
  // Parameters take seconds to find: two keys of one set are at hand.
  if (name.startsWith('dsa-')) return createPrivateKey(readFileSync(new URL(`./cases/${name}.pem`, import.meta.url)));
  if (name.startsWith('ed25519-')) return generateKeyPairSync('ed25519').privateKey;
  const curve = /^(secp256k1|P-384|P-521)-/.exec(name)?.[1] ?? 'P-256';
  return generateKeyPairSync('ec', { namedCurve: curve }).privateKey;
}

function spkiOf(name: string): Buffer {
  return createPublicKey(keyNamed(name)).export({ type: 'spki', format: 'der' });
}

/** As a certificate holds it: a DSA key without its parameters where they are inherited. */
function heldKeyOf(name: string, inherits: CertificateSpec['inherits']): Buffer {
  if (inherits === undefined) return spkiOf(name);
  const [, value] = valuesOf(singleContent(spkiOf(name), TAG.sequence));
  return sequence(sequence(oid('1.2.840.10040.4.1'), ...(inherits === 'null' ? [nullValue()] : [])), value?.raw ?? Buffer.alloc(0));
}

export function nameOf(text: string): Name {
  if (text === '') return [];
  return text.split('/').map((part) => {
    const [type = '', ...rest] = part.split('=');
    const [, encoding, value = ''] = /^(?:(bmp|printable|utf8|teletex):)?(.*)$/su.exec(rest.join('=')) ?? [];
    if (encoding === 'bmp' || encoding === 'printable' || encoding === 'utf8' || encoding === 'teletex') return { type, value, encoding };
    return { type, value };
  });
}

export function generalNameOf(text: string): GeneralName {
  const colon = text.indexOf(':');
  const [kind, value] = [text.slice(0, colon), text.slice(colon + 1)];
  if (kind === 'dns') return { kind, host: value };
  if (kind === 'email') return { kind, address: value };
  if (kind === 'uri') return { kind, uri: value };
  if (kind === 'ip') return { kind, octets: Buffer.from(value, 'hex') };
  return { kind: 'directoryName', name: nameOf(value) };
}

function subtrees(tag: number, names: readonly string[] | undefined): Buffer[] {
  return names === undefined ? [] : [contextConstructed(tag, ...names.map((name) => sequence(encodeGeneralName(generalNameOf(name)))))];
}

function optional<T, R>(value: T | undefined, of: (value: T) => R): R | undefined {
  return value === undefined ? undefined : of(value);
}

const NAMED_OID: Readonly<Record<string, string>> = OID;

/** The certificates and CRLs of one case. */
export class CaseBuilder {
  readonly #specs: Readonly<Record<string, CertificateSpec>>;
  readonly #built = new Map<string, ParsedCertificate>();

  constructor(specs: Readonly<Record<string, CertificateSpec>>) {
    this.#specs = specs;
  }

  certificate(id: string): ParsedCertificate {
    const known = this.#built.get(id) ?? parseCertificate(this.#build(id));
    this.#built.set(id, known);
    return known;
  }

  crl({ by, signedBy = this.#keyOf(by), scheme = 'ecdsa256', revoked = [], reason, from = '2026-06-01T00:00:00Z', to = '2027-06-01T00:00:00Z' }: CrlSpec): ParsedCrl {
    const { algorithm, digest } = SCHEMES[scheme];
    const entries = revoked.map((id) =>
      sequence(
        integer(this.certificate(id).serial),
        time(new Date('2026-06-01T00:00:00Z')),
        ...(reason === undefined ? [] : [sequence(encodeExtension(OID.reasonCode, false, enumerated(reason)))]),
      ),
    );
    const tbs = sequence(
      integer(1),
      algorithm,
      this.#subjectOf(by),
      time(new Date(from)),
      time(new Date(to)),
      ...(entries.length === 0 ? [] : [sequence(...entries)]),
      contextConstructed(
        0,
        sequence(
          encodeExtension(OID.authorityKeyIdentifier, false, encodeAuthorityKeyIdentifier(keyIdentifierOf(spkiOf(signedBy)))),
          encodeExtension(OID.crlNumber, false, integer(1)),
        ),
      ),
    );
    return parseCrl(sequence(tbs, algorithm, bitString(sign(digest, tbs, keyNamed(signedBy)))));
  }

  #spec(id: string): CertificateSpec {
    const spec = this.#specs[id];
    if (spec === undefined) throw new Error(`case has no certificate ${id}`);
    return spec;
  }

  #keyOf(id: string): string {
    return this.#spec(id).key ?? id;
  }

  #subjectOf(id: string): Buffer {
    return encodeName(nameOf(this.#spec(id).subject ?? `CN=${id}`));
  }

  #build(id: string): Buffer {
    const spec = this.#spec(id);
    const issuerId = spec.by ?? id;
    const signer = spec.signedBy ?? this.#keyOf(issuerId);
    const scheme: { readonly digest: string | undefined; readonly salt?: number; readonly algorithm: Buffer } = SCHEMES[spec.scheme ?? 'ecdsa256'];
    const algorithm = spec.algorithm === undefined ? scheme.algorithm : Buffer.from(spec.algorithm, 'hex');
    const instant = spec.generalizedTime === true ? generalizedTime : time;
    const extensions = this.#extensions(id, signer);
    const tbs = sequence(
      ...(spec.version === 1 ? [] : [contextConstructed(0, integer((spec.version ?? 3) - 1))]),
      integer(spec.serial === undefined ? BigInt(1000 + Object.keys(this.#specs).indexOf(id)) : BigInt(spec.serial)),
      algorithm,
      spec.issuer === undefined ? this.#subjectOf(issuerId) : encodeName(nameOf(spec.issuer)),
      sequence(instant(new Date(spec.from ?? '2026-01-01T00:00:00Z')), instant(new Date(spec.to ?? '2036-01-01T00:00:00Z'))),
      this.#subjectOf(id),
      heldKeyOf(this.#keyOf(id), spec.inherits),
      ...(extensions.length === 0 ? [] : [contextConstructed(3, sequence(...extensions))]),
    );
    const key = keyNamed(signer);
    const signature = sign(scheme.digest, tbs, scheme.salt === undefined ? key : { key, padding: 6, saltLength: scheme.salt });
    if (spec.damaged === true) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
    return sequence(tbs, spec.outerAlgorithm === undefined ? algorithm : Buffer.from(spec.outerAlgorithm, 'hex'), bitString(signature));
  }

  #extensions(id: string, signer: string): Buffer[] {
    const spec = this.#spec(id);
    const { flip = [], without = [], more = [] } = spec;
    const values = this.#values(id, signer).filter(([name]) => !without.includes(name));
    const given = more.map(([name, critical, hex]) => [name, critical, Buffer.from(hex, 'hex')] as const);
    return [...values, ...given].flatMap(([name, critical, value]) =>
      value === undefined ? [] : [encodeExtension(NAMED_OID[name] ?? name, flip.includes(name) !== critical, value)],
    );
  }

  #values(id: string, signer: string): (readonly [string, boolean, Buffer | undefined])[] {
    const spec = this.#spec(id);
    const { ca = false, pathLength, requireExplicit, inhibitMapping, version = 3 } = spec;
    const usage = spec.keyUsage === null ? undefined : (spec.keyUsage ?? (ca ? ['keyCertSign', 'cRLSign'] : ['digitalSignature']));
    const identifier = spec.ski ?? keyIdentifierOf(spkiOf(this.#keyOf(id))).toString('hex');
    const authority = spec.aki ?? keyIdentifierOf(spkiOf(signer)).toString('hex');
    if (version !== 3) return [];
    const constrains = requireExplicit !== undefined || inhibitMapping !== undefined;
    const basic = { kind: 'basicConstraints', ca, ...(pathLength === undefined ? {} : { pathLength }) } as const;
    const policyConstraints = {
      kind: 'policyConstraints',
      ...(requireExplicit === undefined ? {} : { requireExplicitPolicy: requireExplicit }),
      ...(inhibitMapping === undefined ? {} : { inhibitPolicyMapping: inhibitMapping }),
    } as const;
    const { permitted, excluded } = spec;
    return [
      ['basicConstraints', true, ca || pathLength !== undefined ? encodeExtensionValue(basic) : undefined],
      ['keyUsage', true, optional(usage, (bits) => encodeKeyUsage(KEY_USAGE_BITS.filter((bit) => bits.includes(bit))))],
      ['subjectKeyIdentifier', false, spec.ski === null ? undefined : encodeSubjectKeyIdentifier(Buffer.from(identifier, 'hex'))],
      ['authorityKeyIdentifier', false, spec.aki === null ? undefined : encodeAuthorityKeyIdentifier(Buffer.from(authority, 'hex'))],
      ['extKeyUsage', false, optional(spec.purposes, (purposes) => encodeExtensionValue({ kind: 'extKeyUsage', purposes }))],
      ['certificatePolicies', false, optional(spec.policies, (list) => sequence(...list.map((policy) => sequence(oid(policy)))))],
      ['policyMappings', true, optional(spec.mappings, (list) => sequence(...list.map(([from, to]) => sequence(oid(from), oid(to)))))],
      ['policyConstraints', true, constrains ? encodeExtensionValue(policyConstraints) : undefined],
      ['inhibitAnyPolicy', true, optional(spec.inhibitAny, integer)],
      ['nameConstraints', true, permitted ?? excluded ? sequence(...subtrees(0, permitted), ...subtrees(1, excluded)) : undefined],
      ['subjectAltName', spec.subject === '', optional(spec.names, (names) => sequence(...names.map(generalNameOf).map(encodeGeneralName)))],
    ];
  }
}
