import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { type ParsedCertificate, parseCertificate } from '../certificate/certificate.js';
import { type ParsedCrl, parseCrl } from '../crl/crl.js';
import { PkiError } from '../pki-error.js';
import type { PathFault } from './path.js';

const objects = z.record(z.string(), z.base64());

/**
 * NIST PKITS 1.0.1 (2011), public domain: its 405 certificates and 173 CRLs by the names of their files, in DER. Names of EE certificates
 * are those of the tests.
 */
export function pkits() {
  const octets = gunzipSync(readFileSync(new URL('cases/pkits-1.0.1.json.gz', import.meta.url)));
  const files = z.strictObject({ certificates: objects, crls: objects }).parse(JSON.parse(octets.toString()));
  const certificates = readable(files.certificates, parseCertificate);
  const crls = readable(files.crls, parseCrl);
  return { certificates, crls, count: { certificates: Object.keys(files.certificates).length, crls: Object.keys(files.crls).length } };
}

/** Without those that do not parse: a verifier has nothing of them. */
function readable<T extends ParsedCertificate | ParsedCrl>(files: Readonly<Record<string, string>>, parse: (der: Buffer) => T): Map<string, T> {
  return new Map(Object.entries(files).flatMap(([name, text]): [string, T][] => {
    try {
      return [[name, parse(Buffer.from(text, 'base64'))]];
    } catch (error) {
      if (error instanceof PkiError) return [];
      throw error;
    }
  }));
}

/** Tests that must not be valid with the initial values of PKITS, by the check that has to fail. */
export const PKITS_INVALID: Readonly<Partial<Record<PathFault, string>>> = {
  NO_PATH: 'CASignatureTest2 NameChainingTest1 NameChainingOrderTest2',
  BAD_SIGNATURE: 'EESignatureTest3',
  NOT_YET_VALID: 'CAnotBeforeDateTest1 EEnotBeforeDateTest2',
  EXPIRED: 'CAnotAfterDateTest5 EEnotAfterDateTest6 pre2000UTCEEnotAfterDateTest7',
  REVOKED:
    'RevokedCATest2 RevokedEETest3 NegativeSerialNumberTest15 LongSerialNumberTest18 SeparateCertificateandCRLKeysTest20 BasicSelfIssuedOldWithNewTest2 '
    + 'BasicSelfIssuedNewWithOldTest5 BasicSelfIssuedCRLSigningKeyTest7 distributionPointTest2 distributionPointTest6 onlySomeReasonsTest15 onlySomeReasonsTest16 '
    + 'onlySomeReasonsTest20 onlySomeReasonsTest21 IDPwithindirectCRLTest23 cRLIssuerTest31 cRLIssuerTest32 cRLIssuerTest34 deltaCRLTest3 deltaCRLTest4 deltaCRLTest6 deltaCRLTest9',
  REVOCATION_UNKNOWN:
    'MissingCRLTest1 BadCRLSignatureTest4 BadCRLIssuerNameTest5 WrongCRLTest6 UnknownCRLEntryExtensionTest8 UnknownCRLExtensionTest9 UnknownCRLExtensionTest10 '
    + 'OldCRLnextUpdateTest11 pre2000CRLnextUpdateTest12 SeparateCertificateandCRLKeysTest21 keyUsageCriticalcRLSignFalseTest4 keyUsageNotCriticalcRLSignFalseTest5 '
    + 'distributionPointTest3 distributionPointTest8 distributionPointTest9 onlyContainsUserCertsTest11 onlyContainsCACertsTest12 onlyContainsAttributeCertsTest14 '
    + 'onlySomeReasonsTest17 IDPwithindirectCRLTest26 cRLIssuerTest27 cRLIssuerTest35 deltaCRLIndicatorNoBaseTest1 deltaCRLTest10',
  NOT_AN_AUTHORITY: 'BasicSelfIssuedCRLSigningKeyTest8 MissingbasicConstraintsTest1 cAFalseTest2 cAFalseTest3',
  PATH_TOO_LONG:
    'pathLenConstraintTest5 pathLenConstraintTest6 pathLenConstraintTest9 pathLenConstraintTest10 pathLenConstraintTest11 pathLenConstraintTest12 SelfIssuedpathLenConstraintTest16',
  KEY_USAGE: 'keyUsageCriticalkeyCertSignFalseTest1 keyUsageNotCriticalkeyCertSignFalseTest2',
  NO_EXPLICIT_POLICY:
    'requireExplicitPolicyTest3 requireExplicitPolicyTest5 SelfIssuedrequireExplicitPolicyTest7 SelfIssuedrequireExplicitPolicyTest8 PolicyMappingTest2 PolicyMappingTest4 '
    + 'PolicyMappingTest10 inhibitPolicyMappingTest1 inhibitPolicyMappingTest3 inhibitPolicyMappingTest5 inhibitPolicyMappingTest6 SelfIssuedinhibitPolicyMappingTest8 '
    + 'SelfIssuedinhibitPolicyMappingTest9 SelfIssuedinhibitPolicyMappingTest10 SelfIssuedinhibitPolicyMappingTest11 inhibitAnyPolicyTest1 inhibitAnyPolicyTest4 '
    + 'inhibitAnyPolicyTest5 inhibitAnyPolicyTest6 SelfIssuedinhibitAnyPolicyTest8 SelfIssuedinhibitAnyPolicyTest10',
  ANY_POLICY_MAPPED: 'MappingFromanyPolicyTest7 MappingToanyPolicyTest8',
  NAME_NOT_PERMITTED:
    'DNnameConstraintsTest2 DNnameConstraintsTest3 DNnameConstraintsTest12 DNnameConstraintsTest13 DNnameConstraintsTest20 RFC822nameConstraintsTest22 RFC822nameConstraintsTest24 '
    + 'DNandRFC822nameConstraintsTest28 DNandRFC822nameConstraintsTest29 DNSnameConstraintsTest31 DNSnameConstraintsTest38 URInameConstraintsTest35',
  NAME_EXCLUDED:
    'DNnameConstraintsTest7 DNnameConstraintsTest8 DNnameConstraintsTest9 DNnameConstraintsTest10 DNnameConstraintsTest15 DNnameConstraintsTest16 DNnameConstraintsTest17 '
    + 'RFC822nameConstraintsTest26 DNSnameConstraintsTest33 URInameConstraintsTest37',
  UNKNOWN_CRITICAL_EXTENSION: 'UnknownCriticalCertificateExtensionTest2',
};

/** Policies asked for (`any`, or the last arcs of 2.16.840.1.101.3.2.1.48) with what is inhibited or required, and the valid ones (`-`: no path). */
export const PKITS_POLICIES = `
4.8.1.1 ValidCertificatePathTest1 any explicit > 1
4.8.1.2 ValidCertificatePathTest1 1 explicit > 1
4.8.1.3 ValidCertificatePathTest1 2 explicit > -
4.8.1.4 ValidCertificatePathTest1 1,2 explicit > 1
4.8.2.1 AllCertificatesNoPoliciesTest2 any > none
4.8.2.2 AllCertificatesNoPoliciesTest2 any explicit > -
4.8.3.1 DifferentPoliciesTest3 any > none
4.8.3.2 DifferentPoliciesTest3 any explicit > -
4.8.3.3 DifferentPoliciesTest3 1,2 explicit > -
4.8.4 DifferentPoliciesTest4 any > -
4.8.5 DifferentPoliciesTest5 any > -
4.8.6.1 OverlappingPoliciesTest6 any > 1
4.8.6.2 OverlappingPoliciesTest6 1 > 1
4.8.6.3 OverlappingPoliciesTest6 2 > -
4.8.7 DifferentPoliciesTest7 any > -
4.8.8 DifferentPoliciesTest8 any > -
4.8.9 DifferentPoliciesTest9 any > -
4.8.10.1 AllCertificatesSamePoliciesTest10 1 > 1
4.8.10.2 AllCertificatesSamePoliciesTest10 2 > 2
4.8.10.3 AllCertificatesSamePoliciesTest10 any > 1,2
4.8.11.1 AllCertificatesanyPolicyTest11 any > any
4.8.11.2 AllCertificatesanyPolicyTest11 1 > 1
4.8.12 DifferentPoliciesTest12 any > -
4.8.13.1 AllCertificatesSamePoliciesTest13 1 > 1
4.8.13.2 AllCertificatesSamePoliciesTest13 2 > 2
4.8.13.3 AllCertificatesSamePoliciesTest13 3 > 3
4.8.14.1 AnyPolicyTest14 1 > 1
4.8.14.2 AnyPolicyTest14 2 > -
4.8.15 UserNoticeQualifierTest15 any > 1
4.8.16 UserNoticeQualifierTest16 any > 1
4.8.17 UserNoticeQualifierTest17 any > 1
4.8.18.1 UserNoticeQualifierTest18 1 > 1
4.8.18.2 UserNoticeQualifierTest18 2 > 2
4.8.19 UserNoticeQualifierTest19 any > 1
4.8.20 CPSPointerQualifierTest20 any explicit > 1
4.9.1 ValidrequireExplicitPolicyTest1 any > none
4.9.2 ValidrequireExplicitPolicyTest2 any > none
4.9.4 ValidrequireExplicitPolicyTest4 any > 1
4.9.6 ValidSelfIssuedrequireExplicitPolicyTest6 any > none
4.10.1.1 ValidPolicyMappingTest1 1 > 1
4.10.1.2 ValidPolicyMappingTest1 2 > -
4.10.1.3 ValidPolicyMappingTest1 any noMapping > -
4.10.2.2 InvalidPolicyMappingTest2 any noMapping > -
4.10.3.1 ValidPolicyMappingTest3 1 > -
4.10.3.2 ValidPolicyMappingTest3 2 > 2
4.10.5.1 ValidPolicyMappingTest5 1 > 1
4.10.5.2 ValidPolicyMappingTest5 6 > -
4.10.6.1 ValidPolicyMappingTest6 1 > 1
4.10.6.2 ValidPolicyMappingTest6 6 > -
4.10.9 ValidPolicyMappingTest9 any > 1
4.10.11 ValidPolicyMappingTest11 any > 1
4.10.12.1 ValidPolicyMappingTest12 1 > 1
4.10.12.2 ValidPolicyMappingTest12 2 > 2
4.10.13 ValidPolicyMappingTest13 any > 1
4.10.14 ValidPolicyMappingTest14 any > 1
4.11.2 ValidinhibitPolicyMappingTest2 any > 1
4.11.4 ValidinhibitPolicyMappingTest4 any > 2
4.11.7 ValidSelfIssuedinhibitPolicyMappingTest7 any > 1
4.12.2 ValidinhibitAnyPolicyTest2 any > 1
4.12.3.1 inhibitAnyPolicyTest3 any > 1
4.12.3.2 inhibitAnyPolicyTest3 any noAny > -
4.12.7 ValidSelfIssuedinhibitAnyPolicyTest7 any > 1
4.12.9 ValidSelfIssuedinhibitAnyPolicyTest9 any > 1
`.trim().split('\n');
