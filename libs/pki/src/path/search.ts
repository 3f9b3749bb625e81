import type { ParsedCertificate } from '../certificate/certificate.js';
import { PATH_LIMITS, type PathBudget } from './budget.js';
import type { Candidate, CandidateIndex } from './candidates.js';
import { factsOf, fingerprintOf, keyDigestOf } from './certificate-facts.js';
import type { PathResult } from './path.js';
import type { SignatureChecks } from './signature-checks.js';
import type { CertificateFault } from './soundness.js';
import type { Chain, ChainVerdict } from './validate-chain.js';

/** What a search shares with the others of the same question. */
export interface SearchContext {
  readonly index: CandidateIndex;
  readonly budget: PathBudget;
  /** Certificates of a path at most. */
  readonly maxDepth: number;
  readonly checks: SignatureChecks;
  readonly validate: (chain: Chain) => ChainVerdict;
  /** The only anchor that counts; any when undefined. */
  readonly anchor?: ParsedCertificate;
}

/** Where a search stands: issuers on the path by name and key, and the length it is for. */
interface Place {
  readonly seen: ReadonlySet<string>;
  readonly length: number;
}

type ValidPath = Extract<PathResult, { valid: true }>;
type InvalidPath = Extract<PathResult, { valid: false }>;

/**
 * Search for a valid path, from the target towards the anchors and by rising length: a short path is found before any long one is
 * looked at, however many a mesh has. An issuer stands at most once on a path, by name and key, which ends loops.
 */
export class PathSearch {
  readonly #context: SearchContext;
  readonly #target: ParsedCertificate;
  #farthest: InvalidPath;
  #rank = 0;
  /** Whether this round left out a path for its length. */
  #cut = false;
  /** Certificates from which no anchor is reached with so many left, whatever stands below; true when with more one might be. */
  readonly #hopeless = new Map<string, boolean>();
  /** Failures that another path through the same certificate need not have. */
  #ofThisPath = 0;

  constructor(target: ParsedCertificate, context: SearchContext) {
    this.#context = context;
    this.#target = target;
    this.#farthest = { valid: false, reason: 'NO_PATH', detail: 'no candidate leads to a trust anchor', path: [target] };
  }

  run(): PathResult {
    const { budget, maxDepth } = this.#context;
    for (let length = 1; length <= maxDepth; length += 1) {
      this.#cut = false;
      const found = this.#extend([this.#target], new Set(), length);
      if (found !== undefined) return found;
      if (!this.#cut || budget.isSpent) break;
      if (length === maxDepth) budget.exceed(`${maxDepth} certificates`);
    }
    if (budget.exceeded === undefined) return this.#farthest;
    return { ...this.#farthest, reason: 'PATH_BUDGET_EXCEEDED', detail: `not every path was tried: ${budget.exceeded} is the limit` };
  }

  /** Tries every issuer of the last certificate of `path`; only paths of exactly `length` certificates are complete. */
  #extend(path: readonly ParsedCertificate[], seen: ReadonlySet<string>, length: number): ValidPath | undefined {
    const { index, budget, anchor } = this.#context;
    const last = path.at(-1) ?? this.#target;
    let tried = 0;
    for (const candidate of index.issuersOf(last)) {
      if (budget.isSpent) return undefined;
      if (candidate.isAnchor && anchor !== undefined && fingerprintOf(anchor) !== fingerprintOf(candidate.certificate)) continue;
      if (!this.#isWithin(candidate, path.length, length)) continue;
      const fault = index.faultOf(candidate);
      if (fault !== undefined) {
        if (candidate.keyAgrees !== false) this.#note(path.length, fault, [...path, candidate.certificate]);
        continue;
      }
      tried += 1;
      if (tried > PATH_LIMITS.candidates) {
        budget.exceed(`${PATH_LIMITS.candidates} candidates for one issuer`);
        return undefined;
      }
      const found = this.#follow(candidate, path, { seen, length });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether a path of the length can go through the candidate; longer ones are left to later rounds. */
  #isWithin({ certificate, isAnchor }: Candidate, used: number, length: number): boolean {
    if (isAnchor) return used === length;
    const distance = this.#context.index.distanceOf(certificate);
    if (distance === undefined) return false;
    if (used + 1 + distance <= length) return true;
    this.#cut = true;
    return false;
  }

  #follow(candidate: Candidate, path: readonly ParsedCertificate[], at: Place): ValidPath | undefined {
    const { certificate } = candidate;
    const issuer = candidate.isAnchor ? '' : identityOf(certificate);
    const place = `${fingerprintOf(certificate)} ${at.length - path.length}`;
    const cutThere = this.#hopeless.get(place);
    this.#cut ||= cutThere === true;
    if (cutThere !== undefined || fingerprintOf(certificate) === fingerprintOf(this.#target)) return undefined;
    if (at.seen.has(issuer)) {
      this.#ofThisPath += 1;
      return undefined;
    }
    const last = path.at(-1) ?? this.#target;
    const outcome = this.#context.checks.outcomeOf(last, certificate);
    if (outcome === 'UNCHECKED') return undefined;
    if (outcome !== 'SIGNED') {
      // With another key identifier it was never the issuer.
      if (candidate.keyAgrees !== false) this.#note(path.length, outcome, path);
      return undefined;
    }
    if (candidate.isAnchor) return this.#judge({ anchor: certificate, certificates: path.toReversed() }, path);
    const [failures, cut] = [this.#ofThisPath, this.#cut];
    this.#cut = false;
    const found = this.#extend([...path, certificate], new Set([...at.seen, issuer]), at.length);
    if (found === undefined && failures === this.#ofThisPath) this.#hopeless.set(place, this.#cut);
    this.#cut ||= cut;
    return found;
  }

  #judge(chain: Chain, path: readonly ParsedCertificate[]): ValidPath | undefined {
    const verdict = this.#context.validate(chain);
    if ('policies' in verdict) return { valid: true, path: [...path, chain.anchor], policies: verdict.policies };
    this.#ofThisPath += 1;
    const { at, ...fault } = verdict;
    if (fault.reason === 'PATH_BUDGET_EXCEEDED') this.#context.budget.exceed(fault.detail);
    this.#note(PATH_LIMITS.depth + 2 + at, fault, path.slice(0, path.length - Math.max(at, 0)));
    return undefined;
  }

  /** Keeps the attempt that came farthest: those that met an anchor before all others, by the certificates that passed. */
  #note(rank: number, { reason, detail }: CertificateFault, path: readonly ParsedCertificate[]): void {
    if (rank <= this.#rank) return;
    this.#rank = rank;
    this.#farthest = { valid: false, reason, detail, path };
  }
}

/** Name and key: certificates that share them stand for the same issuer. */
function identityOf(certificate: ParsedCertificate): string {
  const facts = factsOf(certificate);
  return `${keyDigestOf(certificate)} ${'unreadable' in facts ? '' : facts.subjectKey}`;
}
