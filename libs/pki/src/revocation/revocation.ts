import { type ParsedCertificate, basicConstraintsOf } from '../certificate/certificate.js';
import type { KeyUsage } from '../certificate/extension-value.js';
import type { ParsedCrl } from '../crl/crl.js';
import type { ParsedCrlEntry } from '../crl/crl-entries.js';
import type { CrlReason } from '../crl/crl-entry.js';
import { ALL_REASONS, type ReasonMask } from '../crl/issuing-distribution-point.js';
import { nameKeyOf } from '../name/same-name.js';
import { PkiError } from '../pki-error.js';
import type { CrlIndex, IndexedCrl } from './crl-index.js';
import { type DistributionPoint, distributionPointsOf, impliedPointOf } from './distribution-points.js';
import { directoryNamesOf, generalNameKeys, pointNameKeys } from './point-name.js';
import { isCurrent, isDeltaOf, isProcessable } from './usable-crl.js';

export interface RevocationQuestion {
  readonly certificate: ParsedCertificate;
  /**
   * Name and key of its issuer on this path, and keyUsage of the issuer's certificate where it has one: without cRLSign there the key
   * signs no CRL (RFC 5280 6.3.3 (f)).
   */
  readonly issuer: { readonly subjectDer: Buffer; readonly spki: Buffer; readonly keyUsage?: readonly KeyUsage[] | undefined };
  readonly crls: CrlIndex;
  readonly at: Date;
  /**
   * Keys of certificates with this subject name that have a valid path of their own to the same anchor and may sign CRLs (6.3.3 (f)).
   * Asked at most once for a name, and only when a CRL that concerns the certificate is not by the issuer's own key.
   */
  crlSigners(issuerDer: Buffer): readonly { readonly spki: Buffer }[];
}

export type RevocationStatus =
  /** With the CRLs that say so. */
  | { readonly state: 'GOOD'; readonly by: readonly ParsedCrl[] }
  | { readonly state: 'REVOKED'; readonly reason: CrlReason; readonly at: Date }
  | { readonly state: 'UNKNOWN'; readonly detail: string };

/** Names that a CRL of the point may be published under (6.3.3 (b)(2)(i)). */
function namesOf({ name, crlIssuer = [] }: DistributionPoint, issuerDer: Buffer): ReadonlySet<string> {
  return name === undefined ? generalNameKeys(crlIssuer) : pointNameKeys(name, issuerDer);
}

/** One run of 6.3.3, with its state variables. */
class RevocationSearch {
  readonly #question: RevocationQuestion;
  readonly #isAuthority: boolean;
  /** Key of the name under which the issuer of the path signs CRLs; undefined when it may sign none. */
  readonly #ownName: string | undefined;
  /** reasons_mask, and what of it the CRLs of each key account for. */
  #covered: ReasonMask = 0;
  readonly #coveredBy = new Map<string, ReasonMask>();
  readonly #otherSigners = new Map<string, readonly { readonly spki: Buffer }[]>();
  readonly #deltas = new Map<IndexedCrl, IndexedCrl | undefined>();
  readonly #faults = new Set<string>();
  /** CRLs that were relied on. */
  readonly used: ParsedCrl[] = [];

  constructor(question: RevocationQuestion) {
    this.#question = question;
    const { certificate, issuer } = question;
    this.#isAuthority = basicConstraintsOf(certificate)?.ca === true;
    this.#ownName = issuer.keyUsage?.includes('cRLSign') === false ? undefined : nameKeyOf(issuer.subjectDer);
  }

  get isCovered(): boolean {
    return this.#covered === ALL_REASONS;
  }

  /** What kept CRLs from answering, in words for an operator. */
  get detail(): string {
    const missing = this.#covered === 0 ? 'no CRL that can be used' : 'CRLs for some of the reasons only';
    return [missing, ...this.#faults].join('; ');
  }

  /** Reads the CRLs of the point; the entry that revokes the certificate, if there is one. */
  follow(point: DistributionPoint): ParsedCrlEntry | undefined {
    const { certificate, crls } = this.#question;
    const issuers = point.crlIssuer === undefined ? [certificate.issuerDer] : directoryNamesOf(point.crlIssuer);
    for (const [key, issuerDer] of new Map(issuers.map((issuer) => [nameKeyOf(issuer), issuer]))) {
      const names = namesOf(point, issuerDer);
      for (const complete of crls.ofIssuer(key).complete) {
        const fault = this.#scopeFault(complete, point, names) ?? this.#useFault(complete, key);
        const entry = fault === undefined ? this.#read(complete, key, point.reasons) : this.#note(fault);
        if (entry !== undefined) return entry;
      }
    }
    return undefined;
  }

  #note(fault: string): undefined {
    this.#faults.add(fault);
  }

  /** Step (b), of a CRL whose issuer is the one that the point says. */
  #scopeFault(complete: IndexedCrl, point: DistributionPoint, names: ReadonlySet<string>): string | undefined {
    const { indirect = false, only } = complete.crl.issuingDistributionPoint ?? {};
    if (point.crlIssuer !== undefined && !indirect) return 'a CRL is not indirect';
    if (!complete.isAtPoint(names)) return 'a CRL is of another distribution point';
    const another = only === 'attributeCerts' || (only === 'userCerts' && this.#isAuthority) || (only === 'caCerts' && !this.#isAuthority);
    return another ? 'a CRL is for certificates of another kind' : undefined;
  }

  /** What can be seen before any signature is checked. A CRL past its time is of use only with a delta (step (a)(1)(i)). */
  #useFault({ crl }: IndexedCrl, issuerKey: string): string | undefined {
    const { at, crls } = this.#question;
    if (!isProcessable(crl)) return 'a CRL has a critical extension that is not understood';
    if (crl.nextUpdate === undefined) return 'a CRL has no nextUpdate';
    const isUsable = isCurrent(crl, at) || (crl.thisUpdate.getTime() <= at.getTime() && crls.ofIssuer(issuerKey).delta.length > 0);
    return isUsable ? undefined : 'a CRL is not current';
  }

  /** Steps (d) to (l). */
  #read(complete: IndexedCrl, issuerKey: string, pointReasons: ReasonMask): ParsedCrlEntry | undefined {
    const { crl } = complete;
    const { certificate, at } = this.#question;
    const reasons = pointReasons & (crl.issuingDistributionPoint?.onlySomeReasons ?? ALL_REASONS);
    const spki = this.#signerOf(complete, issuerKey);
    if (spki === undefined) return this.#note('a CRL is not signed by a key of its issuer that may sign CRLs');
    const signer = spki.toString('hex');
    const covered = this.#coveredBy.get(signer) ?? 0;
    if ((reasons & ~covered) === 0) return undefined;
    const delta = this.#deltaOf(complete, issuerKey, spki);
    if (delta === undefined && !isCurrent(crl, at)) return this.#note('a CRL is not current');
    const [base, change] = [complete.listingOf(certificate), delta?.listingOf(certificate)];
    if (!base.usable) return this.#note('a CRL has an entry that is not understood');
    this.#coveredBy.set(signer, covered | reasons);
    this.#covered |= reasons;
    this.used.push(crl);
    const entry = (change?.usable === true ? change.entry : undefined) ?? base.entry;
    return entry?.reason === 'removeFromCRL' ? undefined : entry;
  }

  /** Steps (f), (g): the key that signed the CRL, of those of its issuer. */
  #signerOf(complete: IndexedCrl, issuerKey: string): Buffer | undefined {
    const { spki } = this.#question.issuer;
    if (this.#ownName === issuerKey && complete.isSignedBy(spki)) return spki;
    const others = this.#otherSigners.get(issuerKey) ?? this.#question.crlSigners(complete.crl.issuerDer);
    this.#otherSigners.set(issuerKey, others);
    return others.find((other) => complete.isSignedBy(other.spki))?.spki;
  }

  /** Steps (c), (h): the newest delta CRL that belongs to the complete one, is by the same key, and can be used. */
  #deltaOf(complete: IndexedCrl, issuerKey: string, spki: Buffer): IndexedCrl | undefined {
    if (this.#deltas.has(complete)) return this.#deltas.get(complete);
    const { certificate, at, crls } = this.#question;
    const found = crls
      .ofIssuer(issuerKey)
      .delta.filter(({ crl }) => isDeltaOf(crl, complete.crl) && isCurrent(crl, at) && isProcessable(crl))
      .find((delta) => delta.isSignedBy(spki) && delta.listingOf(certificate).usable);
    this.#deltas.set(complete, found);
    return found;
  }
}

function answerOf(search: RevocationSearch, certificate: ParsedCertificate): RevocationStatus {
  let entry: ParsedCrlEntry | undefined;
  for (const point of distributionPointsOf(certificate)) if (!search.isCovered) entry ??= search.follow(point);
  if (!search.isCovered) entry ??= search.follow(impliedPointOf(certificate));
  if (entry !== undefined) return { state: 'REVOKED', reason: entry.reason ?? 'unspecified', at: entry.revokedAt };
  return search.isCovered ? { state: 'GOOD', by: search.used } : { state: 'UNKNOWN', detail: search.detail };
}

/**
 * Status of a certificate by complete and delta CRLs (RFC 5280 6.3). A certificate on hold is revoked. CRLs of each key that signs for
 * an issuer are looked at, not those of the first key alone: after a change of keys each generation may answer for its own
 * certificates only (JPKI 4.8). Never faults: what cannot be read is `UNKNOWN`.
 */
export function revocationOf(question: RevocationQuestion): RevocationStatus {
  try {
    return answerOf(new RevocationSearch(question), question.certificate);
  } catch (error) {
    if (error instanceof PkiError) return { state: 'UNKNOWN', detail: error.message };
    throw error;
  }
}
