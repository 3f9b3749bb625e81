import { type ParsedCertificate, subjectKeyIdentifierOf } from '../certificate/certificate.js';
import { PkiError } from '../pki-error.js';
import type { PathBudget } from './budget.js';
import { factsOf, knownNameKeyOf } from './certificate-facts.js';
import { anchorFaultOf, issuerFaultOf } from './own-fault.js';
import type { PathRequest } from './path.js';
import { type CertificateFault, validityFaultOf } from './soundness.js';

/** A certificate that may have issued another, by its name. */
export interface Candidate {
  readonly certificate: ParsedCertificate;
  readonly isAnchor: boolean;
  /** Agreement of key identifiers: they tell the key of several under one name, but prove nothing (4.2.1.1). */
  readonly keyAgrees: boolean | undefined;
}

function unlessFaulty<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

function add(lists: Map<string, ParsedCertificate[]>, key: string, certificate: ParsedCertificate): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [certificate]);
  else list.push(certificate);
}

/** Certificates by their octets, each once, in an order that does not depend on the one they were given in. */
function distinct(certificates: readonly ParsedCertificate[]): [string, ParsedCertificate][] {
  const byOctets = new Map(certificates.map((one) => [one.der.toString('latin1'), one]));
  return [...byOctets].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Anchors and bundle of a question by name, with what was once found out about each. */
export class CandidateIndex {
  readonly #request: PathRequest;
  readonly #budget: PathBudget;
  readonly #anchors = new Map<string, ParsedCertificate[]>();
  readonly #issuers = new Map<string, ParsedCertificate[]>();
  readonly #distances = new Map<string, number>();
  readonly #faults = new Map<ParsedCertificate, CertificateFault | undefined>();
  readonly #found = new Map<string, readonly Candidate[]>();

  constructor(request: PathRequest, budget: PathBudget) {
    this.#request = request;
    this.#budget = budget;
    const anchors = distinct(request.anchors);
    for (const [, anchor] of anchors) {
      const key = nameKeyOrNone(anchor.subjectDer);
      if (key !== undefined) add(this.#anchors, key, anchor);
    }
    const known = new Set(anchors.map(([octets]) => octets));
    for (const [octets, certificate] of distinct(request.intermediates)) {
      if (budget.isSpent) return;
      const key = nameKeyOrNone(certificate.subjectDer);
      if (key !== undefined && !known.has(octets)) add(this.#issuers, key, certificate);
    }
    this.#measure();
  }

  /** How many certificates of the bundle must at least stand above this one, by the names; undefined when none lead to an anchor. */
  distanceOf({ issuerDer }: ParsedCertificate): number | undefined {
    const issuerKey = nameKeyOrNone(issuerDer);
    return issuerKey === undefined ? undefined : this.#distances.get(issuerKey);
  }

  /** Certificates of the bundle with this subject name, and the anchor when it has it too. */
  namedBy(subjectDer: Buffer, anchor: ParsedCertificate): readonly ParsedCertificate[] {
    const key = nameKeyOrNone(subjectDer);
    if (key === undefined) return [];
    return [...(nameKeyOrNone(anchor.subjectDer) === key ? [anchor] : []), ...(this.#issuers.get(key) ?? [])];
  }

  /** Candidates for the issuer of a certificate: anchors first, then by agreement of the key identifiers, nearness to an anchor, youth. */
  issuersOf(certificate: ParsedCertificate): readonly Candidate[] {
    const facts = factsOf(certificate);
    if ('unreadable' in facts) return [];
    const key = `${facts.issuerKeyId ?? ''} ${facts.issuerKey}`;
    const known = this.#found.get(key) ?? this.#ranked(facts.issuerKey, facts.issuerKeyId);
    this.#found.set(key, known);
    return known;
  }

  #ranked(issuerKey: string, keyId: string | undefined): Candidate[] {
    const ranked: { readonly candidate: Candidate; readonly rank: readonly number[] }[] = [];
    for (const [list, isAnchor] of [[this.#anchors, true] as const, [this.#issuers, false] as const]) {
      for (const one of list.get(issuerKey) ?? []) {
        if (this.#budget.isSpent) break;
        const candidate = candidateOf(one, keyId, isAnchor);
        ranked.push({ candidate, rank: this.#rankOf(candidate) });
      }
    }
    return ranked.sort((a, b) => compareRanks(a.rank, b.rank)).map(({ candidate }) => candidate);
  }

  /** Smaller is tried first. */
  #rankOf({ certificate, isAnchor, keyAgrees }: Candidate): number[] {
    const inForce = validityFaultOf(certificate, this.#request.at) === undefined;
    const agreement = keyAgrees === undefined ? 1 : keyAgrees ? 0 : 2;
    const distance = isAnchor ? -1 : (this.distanceOf(certificate) ?? Number.MAX_SAFE_INTEGER);
    return [isAnchor ? 0 : 1, inForce ? 0 : 1, agreement, distance, -certificate.notBefore.getTime()];
  }

  /** What makes a candidate unfit for every path. */
  faultOf({ certificate, isAnchor }: Candidate): CertificateFault | undefined {
    if (this.#faults.has(certificate)) return this.#faults.get(certificate);
    const fault = isAnchor ? anchorFaultOf(certificate, this.#request) : issuerFaultOf(certificate, this.#request);
    this.#faults.set(certificate, fault);
    return fault;
  }

  /** Distances of all names from the anchors, breadth first over the names alone. */
  #measure(): void {
    const issued = new Map<string, Set<string>>();
    for (const [subjectKey, certificates] of this.#issuers) {
      for (const { issuerDer } of certificates) {
        const issuerKey = nameKeyOrNone(issuerDer);
        if (issuerKey !== undefined) issued.set(issuerKey, (issued.get(issuerKey) ?? new Set()).add(subjectKey));
      }
    }
    let names: readonly string[] = [...this.#anchors.keys()];
    for (const name of names) this.#distances.set(name, 0);
    for (let distance = 1; names.length > 0; distance += 1) {
      names = [...new Set(names.flatMap((name) => [...(issued.get(name) ?? [])]))].filter((name) => !this.#distances.has(name));
      for (const name of names) this.#distances.set(name, distance);
    }
  }
}

function compareRanks(mine: readonly number[], other: readonly number[]): number {
  const at = mine.findIndex((rank, index) => rank !== other[index]);
  return at < 0 ? 0 : (mine[at] ?? 0) - (other[at] ?? 0);
}

/** Undefined for a name that cannot be compared. */
function nameKeyOrNone(nameDer: Buffer): string | undefined {
  return unlessFaulty(() => knownNameKeyOf(nameDer));
}

function ownKeyIdOf(certificate: ParsedCertificate): string | undefined {
  return unlessFaulty(() => subjectKeyIdentifierOf(certificate)?.toString('hex'));
}

function candidateOf(certificate: ParsedCertificate, keyId: string | undefined, isAnchor: boolean): Candidate {
  const own = keyId === undefined ? undefined : ownKeyIdOf(certificate);
  return { certificate, isAnchor, keyAgrees: own === undefined ? undefined : keyId === own };
}
