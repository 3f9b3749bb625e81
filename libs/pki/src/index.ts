export { type PkiErrorCode, PkiError, parsingAs } from './pki-error.js';
export { assertDer } from './der/canonical.js';
export { type Extension, encodeExtension } from './der/extension.js';
export { type GeneralName, encodeGeneralName } from './der/general-name.js';
export { ATTRIBUTE_OID, type Name, type NameAttribute, type NameEncoding, encodeName, nameText, parseName } from './der/name.js';
export { OID, oid, oidText } from './der/oid.js';
export { enumerated, header, integer, octetString, sequence, tlv } from './der/write.js';
export { type PemBlock, pemBlocksOf, pemDecode, pemEncode } from './der/pem.js';
export { type Dn, dnOf, dnOfDer, dnText, nameType, parseDn } from './name/dn.js';
export { nameKeyOf } from './name/same-name.js';
export { preparedText } from './name/string-prep.js';
export { FileKeyStore } from './key/file-key-store.js';
export type { KeyAttestation } from './key/pkcs11-key.js';
export { Pkcs11KeyStore } from './key/pkcs11-key-store.js';
export type { Pkcs11Settings } from './key/pkcs11-token.js';
export { type RsaPublicKey, encodeRsaSpki, keyChecksumOf, keyIdentifierOf, publicKeyOctets, rsaPublicKeyOf } from './key/public-key.js';
export {
  type NewKeyOptions,
  type SignatureAlgorithm,
  type SigningKey,
  type SigningKeyStore,
  digestInfoOf,
  generateRsaKey,
  isDigestSignedBy,
  signChecked,
  signatureAlgorithmIdentifier,
  signingKeyOf,
} from './key/signing-key.js';
export { type SignatureWatch, watchedKey } from './key/watched-key.js';
export { type CertificationRequest, createCsr, createCsrBy, parseCsr } from './csr/csr.js';
export { type CrossRequestExpectation, type CrossRequestFault, checkCrossRequest, createCrossRequest, requestFingerprint } from './csr/cross-request.js';
export { sharedFactors } from './csr/shared-factors.js';
export { type RsaRequirement, type RsaWeakness, checkRsaKey, rsaWeaknessOf } from './csr/rsa-weakness.js';
export {
  type CertificateIssuer,
  type CertificateContent,
  issuerOf,
  buildTbsCertificate,
  preCertificate,
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
export { type CrlFrame, type ParsedCrl, parseCrl, isCrlSignedBy } from './crl/crl.js';
export { CrlCheck, type CheckedCrl, type CrlExpectation } from './crl/check-crl.js';
export { type CrlPieces, HeldPieces } from './crl/crl-pieces.js';
export { CrlReader, type CrlSink, entriesAsTheyCome } from './crl/crl-reader.js';
export { type CrlFault, type CrlOrder, type IssuedCrl, issueCrl, issueCrlInPieces } from './crl/issue-crl.js';
export { CrlEntryCursor, type EntryOctets, type ParsedCrlEntry, crlEntriesOf } from './crl/crl-entries.js';
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
export {
  type CmsSigner, type SignedContent, type SignedDataContent, buildSignedData, signData, verifyDetachedSignature, verifySignedData,
} from './cms/signed-data.js';
export { buildCertificatesOnly, parseCertificatesOnly } from './cms/certificates-only.js';
export {
  type CertificatePair, type CertificatePairFault, certificatePairFaultOf, encodeCertificatePair, parseCertificatePair,
} from './certificate/certificate-pair.js';
export { type DigestName } from './cms/digest-algorithm.js';
export { type MessageImprint, messageImprintOf } from './timestamp/message-imprint.js';
export {
  type TimestampFailure, type TimestampRequest, createTimestampRequest, parseTimestampRequest, timestampFailureOf,
} from './timestamp/timestamp-request.js';
export {
  type ParsedTimestampResponse, buildTimestampRefusal, buildTimestampResponse, parseTimestampResponse,
} from './timestamp/timestamp-response.js';
export { type TimestampContent, type TimestampToken, buildTimestampToken, parseTimestampToken } from './timestamp/timestamp-token.js';
export { type TstInfo } from './timestamp/tst-info.js';
export { type TimestampExpectation, type TimestampFault, type TimestampVerdict, verifyTimestamp } from './timestamp/verify-timestamp.js';
export { decryptData, encryptData, encryptStream } from './cms/enveloped-data.js';
export { type FileKey, type KeptFileKey, makeFileKey, partnerCertificate, readFileKey } from './exchange/file-key.js';
export { type Frame, type FrameFault, type FrameHeader, createdAt, hashOfDetails, readFrame, writeFrame } from './exchange/frame.js';
export { type OpenedFile, openFile, sealFile } from './exchange/sealed-file.js';
export { describeObject } from './describe/describe.js';
export type { Described } from './describe/described.js';
export { type StandardLint, lintStandard } from './lint/lint-standard.js';
export type { PathFault, PathRequest, PathResult } from './path/path.js';
export type { RevocationStatus } from './revocation/revocation.js';
export { validatePath } from './path/validate-path.js';
export { combineShares, splitSecret } from './secret-sharing/shamir.js';
