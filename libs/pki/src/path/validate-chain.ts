import type { ParsedCertificate } from '../certificate/certificate.js';
import { NameSpace } from '../name/name-constraints.js';
import { PkiError } from '../pki-error.js';
import { type CertificateFacts, factsOf } from './certificate-facts.js';
import type { PathRequest } from './path.js';
import { ANY_POLICY } from './policy-extensions.js';
import { PolicyGraph } from './policy-graph.js';
import { limitsByAnchor } from './own-fault.js';
import type { CertificateFault } from './soundness.js';

/** A path to be judged: certificates from the one that the anchor issued to the target, signatures already checked. */
export interface Chain {
  readonly anchor: ParsedCertificate;
  readonly certificates: readonly ParsedCertificate[];
}

export type ChainVerdict =
  | { readonly policies: readonly string[] }
  /** `at` is the index in the chain's certificates; -1 for the anchor. */
  | (CertificateFault & { readonly at: number });

/** Checks that a chain needs from outside: 6.1.3 (a)(3) for its certificate at an index. */
export type RevocationCheck = (chain: Chain, at: number) => CertificateFault | undefined;

/** State variables of 6.1.2; the working key and name are the certificate before. */
class PathState {
  readonly #request: PathRequest;
  readonly #graph = new PolicyGraph();
  #names = NameSpace.whole;
  #explicitPolicy: number;
  #policyMapping: number;
  #inhibitAny: number;
  #maxPathLength: number;

  constructor(request: PathRequest, length: number) {
    this.#request = request;
    this.#explicitPolicy = request.explicitPolicy === true ? 0 : length + 1;
    this.#policyMapping = request.inhibitMapping === true ? 0 : length + 1;
    this.#inhibitAny = request.inhibitAny === true ? 0 : length + 1;
    this.#maxPathLength = length;
  }

  /** user-constrained-policy-set. */
  get policies(): string[] {
    return this.#graph.policiesFor(this.#request.initialPolicies);
  }

  /** 6.1.3 (b) to (f). */
  enter(certificate: ParsedCertificate, facts: CertificateFacts, isTarget: boolean): CertificateFault | undefined {
    const judged = isTarget || !facts.selfIssued;
    const nameFault = judged ? this.#names.faultOf(certificate) : undefined;
    if (nameFault === 'NAME_NOT_PERMITTED') return { reason: nameFault, detail: 'a name is outside the permitted subtrees (6.1.3 (b))' };
    if (nameFault === 'NAME_EXCLUDED') return { reason: nameFault, detail: 'a name is inside an excluded subtree (6.1.3 (c))' };
    if (facts.policies === undefined) this.#graph.clear();
    else this.#graph.descend(facts.policies, this.#inhibitAny > 0 || (!isTarget && facts.selfIssued));
    const missing = this.#explicitPolicy === 0 && this.#graph.isNull;
    return missing ? { reason: 'NO_EXPLICIT_POLICY', detail: 'no policy is valid and one is required (6.1.3 (f))' } : undefined;
  }

  /** 6.1.4 (a) to (m): what an issuer's certificate means for those below; (k) and (n) were seen before, on the certificate alone. */
  leave(certificate: ParsedCertificate, facts: CertificateFacts): CertificateFault | undefined {
    const { mappings, selfIssued } = facts;
    if (mappings.has(ANY_POLICY) || [...mappings.values()].some((policies) => policies.has(ANY_POLICY))) {
      return { reason: 'ANY_POLICY_MAPPED', detail: 'policyMappings maps anyPolicy (6.1.4 (a))' };
    }
    if (this.#policyMapping > 0) this.#graph.map(mappings);
    else this.#graph.forget(mappings);
    this.#names = this.#names.narrowedBy(certificate);
    if (!selfIssued) this.#countDown();
    this.#constrainPolicies(facts);
    if (!selfIssued && this.#maxPathLength === 0) {
      return { reason: 'PATH_TOO_LONG', detail: 'more authorities than a path length allows (6.1.4 (l))' };
    }
    if (!selfIssued) this.#maxPathLength -= 1;
    this.#maxPathLength = Math.min(this.#maxPathLength, facts.basicConstraints?.pathLength ?? this.#maxPathLength);
    return undefined;
  }

  /** RFC 5937 section 3.2: what an anchor's own certificate allows. */
  limitTo(anchor: ParsedCertificate): void {
    const facts = factsOf(anchor);
    if ('unreadable' in facts) return;
    this.#names = this.#names.narrowedBy(anchor);
    this.#constrainPolicies(facts);
    if (facts.policies !== undefined) this.#graph.descend(facts.policies, this.#inhibitAny > 0);
    this.#maxPathLength = Math.min(this.#maxPathLength, facts.basicConstraints?.pathLength ?? this.#maxPathLength);
  }

  /** 6.1.5 (a), (b), (g). */
  wrapUp({ requireExplicitPolicy }: CertificateFacts): CertificateFault | undefined {
    if (this.#explicitPolicy > 0) this.#explicitPolicy -= 1;
    if (requireExplicitPolicy === 0) this.#explicitPolicy = 0;
    if (this.#explicitPolicy > 0 || this.policies.length > 0) return undefined;
    return { reason: 'NO_EXPLICIT_POLICY', detail: 'no policy that is asked for is valid and one is required (6.1.5 (g))' };
  }

  /** 6.1.4 (h). */
  #countDown(): void {
    this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1);
    this.#policyMapping = Math.max(0, this.#policyMapping - 1);
    this.#inhibitAny = Math.max(0, this.#inhibitAny - 1);
  }

  /** 6.1.4 (i), (j). */
  #constrainPolicies({ requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy }: CertificateFacts): void {
    this.#explicitPolicy = Math.min(this.#explicitPolicy, requireExplicitPolicy ?? this.#explicitPolicy);
    this.#policyMapping = Math.min(this.#policyMapping, inhibitPolicyMapping ?? this.#policyMapping);
    this.#inhibitAny = Math.min(this.#inhibitAny, inhibitAnyPolicy ?? this.#inhibitAny);
  }
}

export interface ChainContext {
  readonly request: PathRequest;
  readonly revocationFaultOf: RevocationCheck | undefined;
}

/** 6.1.3 to 6.1.5 for the certificate at an index. */
function faultAt(chain: Chain, index: number, state: PathState, { revocationFaultOf }: ChainContext): CertificateFault | undefined {
  const certificate = chain.certificates[index];
  const facts = certificate === undefined ? undefined : factsOf(certificate);
  if (certificate === undefined || facts === undefined || 'unreadable' in facts) return { reason: 'BAD_CERTIFICATE', detail: 'unreadable' };
  const isTarget = index === chain.certificates.length - 1;
  const fault = revocationFaultOf?.(chain, index) ?? state.enter(certificate, facts, isTarget);
  return fault ?? (isTarget ? state.wrapUp(facts) : state.leave(certificate, facts));
}

/**
 * RFC 5280 6.1.2 to 6.1.5 for a chain whose names, signatures and certificates on their own (`own-fault.ts`) were checked when it was
 * built: what depends on the path.
 */
export function validateChain(chain: Chain, context: ChainContext): ChainVerdict {
  const state = new PathState(context.request, chain.certificates.length);
  let at = -1;
  try {
    if (limitsByAnchor(context.request)) state.limitTo(chain.anchor);
    for (at = 0; at < chain.certificates.length; at += 1) {
      const fault = faultAt(chain, at, state, context);
      if (fault !== undefined) return { ...fault, at };
    }
    return { policies: state.policies };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    return { reason: error.code === 'TOO_MUCH_WORK' ? 'PATH_BUDGET_EXCEEDED' : 'BAD_CERTIFICATE', detail: error.message, at };
  }
}
