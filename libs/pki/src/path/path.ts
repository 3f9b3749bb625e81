import type { ParsedCertificate } from '../certificate/certificate.js';
import type { ParsedCrl } from '../crl/crl.js';
import type { RevocationStatus } from '../revocation/revocation.js';

/** Why a certificate is not accepted; stable, with the step of RFC 5280 that finds it. */
export type PathFault =
  /** The bytes of the certificate, or of one it depends on, are not what RFC 5280 section 4 allows. */
  | 'BAD_CERTIFICATE'
  /** No candidate leads to a trust anchor. */
  | 'NO_PATH'
  /** 6.1.3 (a)(1). */
  | 'BAD_SIGNATURE'
  /** 6.1.3 (a)(1): a signature algorithm or key that this engine does not accept. */
  | 'ALGORITHM_NOT_ACCEPTED'
  /** 6.1.3 (a)(2). */
  | 'NOT_YET_VALID'
  | 'EXPIRED'
  /** 6.1.3 (a)(3) and 6.3. */
  | 'REVOKED'
  | 'REVOCATION_UNKNOWN'
  /** 6.1.3 (b), (c). */
  | 'NAME_NOT_PERMITTED'
  | 'NAME_EXCLUDED'
  /** 6.1.3 (f), 6.1.5 (g). */
  | 'NO_EXPLICIT_POLICY'
  /** 6.1.4 (a). */
  | 'ANY_POLICY_MAPPED'
  /** 6.1.4 (k). */
  | 'NOT_AN_AUTHORITY'
  /** 6.1.4 (l), (m). */
  | 'PATH_TOO_LONG'
  /** 6.1.4 (n). */
  | 'KEY_USAGE'
  /** 6.1.4 (o), 6.1.5 (f). */
  | 'UNKNOWN_CRITICAL_EXTENSION'
  /** extKeyUsage does not allow what was asked for (4.2.1.12). */
  | 'PURPOSE_NOT_ALLOWED'
  /** The certificate is not of the peer that was asked for (RFC 9525). */
  | 'PEER_NAME_MISMATCH'
  /** Work for one question is limited, so that hostile bundles cannot hold others up (JPKI 4.10). */
  | 'PATH_BUDGET_EXCEEDED';

/** A question: may `target` be relied on at `at`? Inputs of RFC 5280 section 6.1.1. */
export interface PathRequest {
  readonly target: ParsedCertificate;
  /**
   * Trusted for their name and key (6.1.1 (d)); what else their certificates say counts only with `anchorConstraints`. A target with the
   * octets of an anchor is accepted for itself: the path is the target alone, of which no signature, revocation or policy is checked.
   */
  readonly anchors: readonly ParsedCertificate[];
  /** In any order, with any that do not matter. */
  readonly intermediates: readonly ParsedCertificate[];
  readonly crls: readonly ParsedCrl[];
  readonly at: Date;
  /** user-initial-policy-set; any policy when absent. */
  readonly initialPolicies?: readonly string[];
  readonly explicitPolicy?: boolean;
  readonly inhibitMapping?: boolean;
  readonly inhibitAny?: boolean;
  /** Every certificate of the path needs a usable CRL that does not list it. */
  readonly checkRevocation?: boolean;
  /** With `checkRevocation`: a certificate that no usable CRL speaks of is accepted all the same. */
  readonly acceptUnknown?: boolean;
  /** Certificates of the path without its anchor, at most; never more than the budget allows. */
  readonly maxDepth?: number;
  /** enforceTrustAnchorConstraints of RFC 5937: by default only for a TLS purpose, as TLS clients do. */
  readonly anchorConstraints?: boolean;
  /** Short name (`serverAuth`) or OID of a purpose (4.2.1.12). */
  readonly purpose?: string;
  /** DNS name or IP address of the peer (RFC 9525). */
  readonly peerName?: string;
}

export type PathResult =
  | {
      readonly valid: true;
      /** From the target to the anchor. */
      readonly path: readonly ParsedCertificate[];
      /** user-constrained-policy-set (6.1.5 (g)): OIDs, or the OID of anyPolicy alone. */
      readonly policies: readonly string[];
      /** With `checkRevocation`, of each certificate of the path but the anchor. */
      readonly revocation?: readonly RevocationStatus[];
    }
  | {
      readonly valid: false;
      readonly reason: PathFault;
      /** What was found, in words for an operator; no subject data. */
      readonly detail: string;
      /** The certificate that failed and those towards the target, from the target, of the attempt that came farthest. */
      readonly path: readonly ParsedCertificate[];
    };
