import type { ParsedCertificate } from '../certificate/certificate.js';
import { nameKeyOf } from '../name/same-name.js';
import { CrlIndex } from '../revocation/crl-index.js';
import { type RevocationStatus, revocationOf } from '../revocation/revocation.js';
import { PATH_LIMITS, PathBudget } from './budget.js';
import { CandidateIndex } from './candidates.js';
import { factsOf, fingerprintOf } from './certificate-facts.js';
import { withInheritedParameters } from './inherited-parameters.js';
import { targetFaultOf } from './own-fault.js';
import type { PathRequest, PathResult } from './path.js';
import { ANY_POLICY } from './policy-extensions.js';
import { isForTls } from './purpose.js';
import { PathSearch, type SearchContext } from './search.js';
import { SignatureChecks } from './signature-checks.js';
import type { CertificateFault } from './soundness.js';
import { type Chain, validateChain } from './validate-chain.js';

/** Signers of CRLs may need signers of their own; deeper than this no authority goes, and circles of several end. */
const MAX_SIGNER_DEPTH = 2;

/** Work on one question. */
class PathValidation {
  readonly #request: PathRequest;
  readonly #budget: PathBudget;
  readonly #checks: SignatureChecks;
  readonly #index: CandidateIndex;
  readonly #crls: CrlIndex;
  readonly #signers = new Map<string, readonly ParsedCertificate[]>();
  /** Of certificates on the path that was judged last. */
  readonly #statuses = new Map<ParsedCertificate, RevocationStatus>();

  constructor(request: PathRequest, budget: PathBudget, checks: SignatureChecks) {
    this.#request = request;
    this.#budget = budget;
    this.#checks = checks;
    this.#index = new CandidateIndex(request, this.#budget);
    this.#crls = new CrlIndex(request.checkRevocation === true ? request.crls : []);
  }

  run(): PathResult {
    const result = this.#search(this.#request.target, this.#request, 0);
    if (!result.valid || this.#request.checkRevocation !== true) return result;
    return { ...result, revocation: result.path.flatMap((one) => this.#statuses.get(one) ?? []) };
  }

  #search(target: ParsedCertificate, request: PathRequest, depth: number, anchor?: ParsedCertificate): PathResult {
    const revocationFaultOf =
      request.checkRevocation === true ? (chain: Chain, at: number) => this.#revocationFaultOf(chain, at, depth) : undefined;
    const context: SearchContext = {
      index: this.#index,
      budget: this.#budget,
      maxDepth: Math.min(request.maxDepth ?? PATH_LIMITS.depth, PATH_LIMITS.depth),
      checks: this.#checks,
      validate: (chain) => validateChain(chain, { request, revocationFaultOf }),
      ...(anchor === undefined ? {} : { anchor }),
    };
    return new PathSearch(target, context).run();
  }

  /** 6.1.3 (a)(3) by 6.3. */
  #revocationFaultOf({ anchor, certificates }: Chain, at: number, depth: number): CertificateFault | undefined {
    const certificate = certificates[at];
    if (certificate === undefined) return undefined;
    if (this.#budget.isSpent) return { reason: 'PATH_BUDGET_EXCEEDED', detail: this.#budget.exceeded ?? '' };
    const issuer = certificates[at - 1] ?? anchor;
    const facts = factsOf(issuer);
    const status = revocationOf({
      certificate,
      issuer: { subjectDer: issuer.subjectDer, spki: issuer.spki, keyUsage: 'unreadable' in facts ? undefined : facts.keyUsage },
      crls: this.#crls,
      at: this.#request.at,
      crlSigners: (issuerDer) => [...(depth > 0 && isLeftToItself(certificate, issuerDer) ? [certificate] : []), ...this.#crlSigners(issuerDer, anchor, depth)],
    });
    if (depth === 0) this.#statuses.set(certificate, status);
    if (status.state === 'REVOKED') return { reason: 'REVOKED', detail: `revoked at ${status.at.toISOString()}: ${status.reason}` };
    return status.state === 'UNKNOWN' && this.#request.acceptUnknown !== true ? { reason: 'REVOCATION_UNKNOWN', detail: status.detail } : undefined;
  }

  /** 6.3.3 (f): certificates that may sign CRLs under the name, each with a valid path of its own to the same anchor. */
  #crlSigners(issuerDer: Buffer, anchor: ParsedCertificate, depth: number): readonly ParsedCertificate[] {
    if (depth >= MAX_SIGNER_DEPTH) return [];
    const key = `${depth} ${fingerprintOf(anchor)} ${issuerDer.toString('latin1')}`;
    const known = this.#signers.get(key) ?? this.#findSigners(issuerDer, anchor, depth);
    this.#signers.set(key, known);
    return known;
  }

  #findSigners(issuerDer: Buffer, anchor: ParsedCertificate, depth: number): ParsedCertificate[] {
    const { crls, at, intermediates } = this.#request;
    return this.#index.namedBy(issuerDer, anchor).filter((signer) => {
      if (signer === anchor || !maySignCrls(signer)) return maySignCrls(signer);
      const own = { target: signer, anchors: [anchor], intermediates, crls, at, checkRevocation: true };
      return targetFaultOf(own) === undefined && this.#search(signer, own, depth + 1, anchor).valid;
    });
  }
}

/**
 * Whether the certificate is one of a signer of CRLs that its authority left to the signer's own CRL, by naming it as cRLIssuer: 6.3.3 (f)
 * asks for a valid path of the signer, which is being judged just then. Another key under the authority's own name was left to nobody.
 */
function isLeftToItself(certificate: ParsedCertificate, issuerDer: Buffer): boolean {
  const [subject, authority, signer] = [certificate.subjectDer, certificate.issuerDer, issuerDer].map(nameKeyOf);
  return signer === subject && subject !== authority && maySignCrls(certificate);
}

/** Also for one that cannot be read: an anchor is trusted for its key, any other fails on its own path. */
function maySignCrls(certificate: ParsedCertificate): boolean {
  const facts = factsOf(certificate);
  return 'unreadable' in facts || facts.keyUsage?.includes('cRLSign') !== false;
}

/**
 * Whether a certificate may be relied on: RFC 5280 section 6.1 over the paths that can be built from the bundle (RFC 4158), with
 * revocation by 6.3, purposes and peer names. Never faults. The verdict does not depend on the order of anchors, bundle and CRLs; work
 * is bounded by `PATH_LIMITS` (JPKI 4.10).
 */
export function validatePath(asked: PathRequest): PathResult {
  const budget = new PathBudget();
  const checks = new SignatureChecks(budget, isForTls(asked));
  const request = withInheritedParameters(asked, checks);
  const fault = targetFaultOf(request);
  if (fault !== undefined) return { valid: false, ...fault, path: [request.target] };
  const own = fingerprintOf(request.target);
  if (request.anchors.some((anchor) => fingerprintOf(anchor) === own)) {
    return { valid: true, path: [request.target], policies: request.initialPolicies ?? [ANY_POLICY] };
  }
  return new PathValidation(request, budget, checks).run();
}
