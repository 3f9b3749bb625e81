/** Limits of the work for one question (JPKI 4.10). */
export const PATH_LIMITS = {
  /** Certificates of a path; its anchor is not counted. */
  depth: 10,
  /** Candidates for the issuer of one certificate. */
  candidates: 64,
  /** Pairs of a certificate and a key. */
  signatureChecks: 200,
  milliseconds: 2_000,
} as const;

/** What is left of the limits for one question, and which of them was met first. */
export class PathBudget {
  readonly #end = performance.now() + PATH_LIMITS.milliseconds;
  #checks = 0;
  #exceeded: string | undefined;

  /** The limit that kept a part of the search from being made. */
  get exceeded(): string | undefined {
    return this.#exceeded;
  }

  /** Whether the search must end now. */
  get isSpent(): boolean {
    if (performance.now() > this.#end) this.exceed(`${PATH_LIMITS.milliseconds} ms`);
    return this.#checks > PATH_LIMITS.signatureChecks || performance.now() > this.#end;
  }

  /** Whether one more signature may be checked. */
  takeCheck(): boolean {
    this.#checks += 1;
    if (this.#checks <= PATH_LIMITS.signatureChecks) return true;
    this.exceed(`${PATH_LIMITS.signatureChecks} signature checks`);
    return false;
  }

  /** Notes that a part of the search was not made because of this limit. */
  exceed(limit: string): void {
    this.#exceeded ??= limit;
  }
}
