export { type PkiErrorCode, PkiError, parsingAs } from './pki-error.js';
export { assertDer } from './der/canonical.js';
export { type Extension, encodeExtension } from './der/extension.js';
export { type GeneralName, encodeGeneralName } from './der/general-name.js';
export { ATTRIBUTE_OID, type Name, type NameAttribute, type NameEncoding, encodeName, nameText, parseName } from './der/name.js';
export { OID, oid, oidText } from './der/oid.js';
export { pemDecode, pemEncode } from './der/pem.js';
export { FileKeyStore, type NewKeyOptions } from './key/file-key-store.js';
export { type RsaPublicKey, encodeRsaSpki, keyIdentifierOf, publicKeyOctets, rsaPublicKeyOf } from './key/public-key.js';
export {
  type SignatureAlgorithm,
  type SigningKey,
  generateRsaKey,
  signChecked,
  signatureAlgorithmIdentifier,
  signingKeyOf,
} from './key/signing-key.js';
export { type CertificationRequest, createCsr, parseCsr } from './csr/csr.js';
export { type RsaRequirement, type RsaWeakness, checkRsaKey, rsaWeaknessOf } from './csr/rsa-weakness.js';
export {
  type CertificateIssuer,
  type CertificateContent,
  issuerOf,
  buildTbsCertificate,
  signCertificate,
} from './certificate/build-certificate.js';
export {
  type ParsedCertificate,
  parseCertificate,
  isCertificateSignedBy,
  extensionOf,
  keyUsageOf,
  extKeyUsageOf,
  type BasicConstraints,
  basicConstraintsOf,
  subjectKeyIdentifierOf,
  type AuthorityKeyIdentifier,
  authorityKeyIdentifierOf,
  subjectAltNamesOf,
  crlDistributionPointsOf,
  certificatePoliciesOf,
  ocspUrisOf,
} from './certificate/certificate.js';
export {
  KEY_USAGE_BITS,
  type KeyUsage,
  type PolicyInformation,
  type PolicyMapping,
  type DerivedValue,
  type GivenValue,
  type ExtensionValue,
  extensionOid,
  distributionPointName,
  encodeKeyUsage,
  encodeAuthorityKeyIdentifier,
  encodeSubjectKeyIdentifier,
  encodeExtensionValue,
} from './certificate/extension-value.js';
export {
  type ProfileExtension,
  type ValidityRule,
  type CertificateProfile,
  type ProfileParameters,
  fillProfile,
} from './certificate/profile.js';
export {
  type BuiltCrl,
  type CrlContent,
  type IssuingDistributionPoint,
  buildCrl,
  encodeIssuingDistributionPoint,
} from './crl/build-crl.js';
export { type ParsedCrl, parseCrl, type ParsedCrlEntry, crlEntriesOf, isCrlSignedBy, type CrlExpectation, verifyCrl } from './crl/crl.js';
export { CRL_REASON, type CrlEntry, type CrlReason, MAX_ENTRY_LENGTH, crlReasonOf, isCrlReason, writeCrlEntry } from './crl/crl-entry.js';
export { type CertId, type CertIdHash, type CertIdIssuer, certIdOf, encodeCertId } from './ocsp/cert-id.js';
export { type OcspRequest, createOcspRequest, decodeOcspGet, encodeOcspGet, parseOcspRequest } from './ocsp/ocsp-request.js';
export {
  OCSP_RESPONSE_STATUS,
  type OcspResponseStatus,
  type OcspErrorStatus,
  type OcspCertStatus,
  type OcspAnswer,
  type OcspResponseContent,
  buildOcspResponse,
  buildOcspError,
} from './ocsp/ocsp-response.js';
export {
  type ParsedOcspAnswer,
  type BasicOcspResponse,
  type ParsedOcspResponse,
  parseOcspResponse,
  type OcspExpectation,
  verifyOcspResponse,
} from './ocsp/parse-ocsp-response.js';
export { type CertificateLint, type LintFinding, type LintSubject, brokenIf, profileValue } from './lint/lint.js';
export { GENERIC_CERTIFICATE_LINTS, type LintOptions, lintCertificate } from './lint/lint-certificate.js';
export { type CrlExpectations, lintCrl } from './lint/lint-crl.js';
export { type CmsSigner, type SignedContent, signData, verifySignedData } from './cms/signed-data.js';
export { decryptData, encryptData } from './cms/enveloped-data.js';
