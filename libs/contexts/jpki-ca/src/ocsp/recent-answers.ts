import { CACHE_SECONDS } from './ocsp.js';

export interface SignedAnswer {
  readonly body: Buffer;
  readonly thisUpdate: Date;
  /** Those that say the same whenever it is given. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers of about 1.4 kB: twelve megabytes at most. */
const MOST_KEPT = 8_192;

/**
 * Signed answers without nonce that may be given again (RFC 6960 2.5): while everything they say is still so by the register, which is
 * asked each time, and no longer than a shared cache might keep them (JPKI-4.9). What is saved is the signature, not the look.
 */
export class RecentAnswers {
  private readonly kept = new Map<string, SignedAnswer>();

  /** `content`: all that the answer says, apart from its times. */
  find(content: string, now: Date): SignedAnswer | undefined {
    const answer = this.kept.get(content);
    if (answer === undefined) return undefined;
    const age = now.getTime() - answer.thisUpdate.getTime();
    if (age >= 0 && age < CACHE_SECONDS * 1000) return answer;
    this.kept.delete(content);
    return undefined;
  }

  keep(content: string, answer: SignedAnswer): void {
    if (this.kept.size >= MOST_KEPT) {
      const [oldest] = this.kept.keys();
      if (oldest !== undefined) this.kept.delete(oldest);
    }
    this.kept.set(content, answer);
  }
}
