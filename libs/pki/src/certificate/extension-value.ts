import { type GeneralName, encodeGeneralName } from '../der/general-name.js';
import { OID, oid } from '../der/oid.js';
import { TAG } from '../der/tag.js';
import {
  boolean,
  contextConstructed,
  contextPrimitive,
  ia5String,
  integer,
  integerContent,
  namedBits,
  nullValue,
  octetString,
  sequence,
  tlv,
} from '../der/write.js';

/** Bits of keyUsage in the order of RFC 5280 4.2.1.3. */
export const KEY_USAGE_BITS = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof KEY_USAGE_BITS)[number];

export interface PolicyInformation {
  readonly oid: string;
  readonly cpsUri?: string;
}

export interface PolicyMapping {
  readonly issuerDomainPolicy: string;
  readonly subjectDomainPolicy: string;
}

/** authorityKeyIdentifier and subjectKeyIdentifier hold no value in a profile: they follow from the keys at hand. */
export type DerivedValue =
  { readonly kind: 'authorityKeyIdentifier'; readonly withIssuerAndSerial: boolean } | { readonly kind: 'subjectKeyIdentifier' };

/** Extension values that are written as given. */
export type GivenValue =
  | { readonly kind: 'keyUsage'; readonly bits: readonly KeyUsage[] }
  | { readonly kind: 'extKeyUsage'; readonly purposes: readonly string[] }
  | { readonly kind: 'certificatePolicies'; readonly policies: readonly PolicyInformation[] }
  | { readonly kind: 'policyMappings'; readonly mappings: readonly PolicyMapping[] }
  | { readonly kind: 'policyConstraints'; readonly requireExplicitPolicy?: number; readonly inhibitPolicyMapping?: number }
  | { readonly kind: 'inhibitAnyPolicy'; readonly skipCertificates: number }
  | { readonly kind: 'nameConstraints'; readonly permitted?: readonly GeneralName[]; readonly excluded?: readonly GeneralName[] }
  | { readonly kind: 'subjectAltName'; readonly names: readonly GeneralName[] }
  | { readonly kind: 'issuerAltName'; readonly names: readonly GeneralName[] }
  | { readonly kind: 'crlDistributionPoints'; readonly points: readonly (readonly GeneralName[])[] }
  | { readonly kind: 'authorityInfoAccess'; readonly ocsp: readonly string[]; readonly caIssuers?: readonly string[] }
  | { readonly kind: 'basicConstraints'; readonly ca: boolean; readonly pathLength?: number }
  | { readonly kind: 'ocspNoCheck' };

export type ExtensionValue = GivenValue | DerivedValue;

/** extnID of a kind. */
export function extensionOid(kind: ExtensionValue['kind']): string {
  return OID[kind];
}

function policyInformation({ oid: policy, cpsUri }: PolicyInformation): Buffer {
  return sequence(oid(policy), ...(cpsUri === undefined ? [] : [sequence(sequence(oid(OID.cpsQualifier), ia5String(cpsUri)))]));
}

function optionalCount(tag: number, count: number | undefined): Buffer[] {
  return count === undefined ? [] : [contextPrimitive(tag, integerContent(BigInt(count)))];
}

/** GeneralSubtrees with the default distances (RFC 5280 4.2.1.10). */
function subtrees(tag: number, names: readonly GeneralName[] | undefined): Buffer[] {
  return names === undefined ? [] : [contextConstructed(tag, ...names.map((name) => sequence(encodeGeneralName(name))))];
}

function accessDescription(method: string, uri: string): Buffer {
  return sequence(oid(method), encodeGeneralName({ kind: 'uri', uri }));
}

/** DistributionPointName `fullName` under its `[0] EXPLICIT`: the same octets in CRLDP and in a CRL's issuingDistributionPoint. */
export function distributionPointName(names: readonly GeneralName[]): Buffer {
  return contextConstructed(0, contextConstructed(0, ...names.map(encodeGeneralName)));
}

/** KeyUsage value: `03020106` for keyCertSign + cRLSign. */
export function encodeKeyUsage(bits: readonly KeyUsage[]): Buffer {
  return tlv(TAG.bitString, namedBits(bits.map((bit) => KEY_USAGE_BITS.indexOf(bit))));
}

/** authorityKeyIdentifier with the key id, and the issuer's own issuer name and serial when given (RFC 5280 4.2.1.1). */
export function encodeAuthorityKeyIdentifier(
  keyIdentifier: Buffer,
  certificate?: { readonly issuerDer: Buffer; readonly serial: bigint },
): Buffer {
  if (certificate === undefined) return sequence(contextPrimitive(0, keyIdentifier));
  return sequence(
    contextPrimitive(0, keyIdentifier),
    contextConstructed(1, contextConstructed(4, certificate.issuerDer)),
    contextPrimitive(2, integerContent(certificate.serial)),
  );
}

/** subjectKeyIdentifier value. */
export function encodeSubjectKeyIdentifier(keyIdentifier: Buffer): Buffer {
  return octetString(keyIdentifier);
}

/** DER that goes into extnValue. */
export function encodeExtensionValue(value: GivenValue): Buffer {
  switch (value.kind) {
    case 'keyUsage':
      return encodeKeyUsage(value.bits);
    case 'extKeyUsage':
      return sequence(...value.purposes.map(oid));
    case 'certificatePolicies':
      return sequence(...value.policies.map(policyInformation));
    case 'policyMappings':
      return sequence(...value.mappings.map((one) => sequence(oid(one.issuerDomainPolicy), oid(one.subjectDomainPolicy))));
    case 'policyConstraints':
      return sequence(...optionalCount(0, value.requireExplicitPolicy), ...optionalCount(1, value.inhibitPolicyMapping));
    case 'inhibitAnyPolicy':
      return integer(value.skipCertificates);
    case 'nameConstraints':
      return sequence(...subtrees(0, value.permitted), ...subtrees(1, value.excluded));
    case 'subjectAltName':
    case 'issuerAltName':
      return sequence(...value.names.map(encodeGeneralName));
    case 'crlDistributionPoints':
      return sequence(...value.points.map((names) => sequence(distributionPointName(names))));
    case 'authorityInfoAccess':
      return sequence(
        ...value.ocsp.map((uri) => accessDescription(OID.accessOcsp, uri)),
        ...(value.caIssuers ?? []).map((uri) => accessDescription(OID.accessCaIssuers, uri)),
      );
    case 'basicConstraints':
      return sequence(...(value.ca ? [boolean(true)] : []), ...(value.pathLength === undefined ? [] : [integer(value.pathLength)]));
    case 'ocspNoCheck':
      return nullValue();
  }
}
