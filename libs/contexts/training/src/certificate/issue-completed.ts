import type { Ctx, Schedule } from '#platform';
import type { CertificateIssuer, Completion } from './certificate-issuer.js';

/** Where completions come from: places in sessions, registrations for e-learning. */
export interface CompletionSource {
  /** Whether anything waits; a look without locks. */
  hasCompleted(ctx: Ctx): Promise<boolean>;
  /** What was completed and has no certificate, locked; at most `limit`. */
  lockCompleted(ctx: Ctx, limit: number): Promise<readonly Completion[]>;
  /** It has its certificate. */
  certified(ctx: Ctx, id: string): Promise<void>;
}

const AT_ONCE = 50;

/** Every second: what was completed gets its certificate, fifty of each source a transaction (TRN-3.3, 4.9). */
export function issueCompleted(issuer: CertificateIssuer, sources: readonly CompletionSource[]): Schedule {
  return {
    name: 'certificates',
    due: (last, now) => {
      const occasion = now.toISOString().slice(0, 19);
      return last === occasion ? undefined : occasion;
    },
    hasWork: async (ctx) => {
      for (const source of sources) if (await source.hasCompleted(ctx)) return true;
      return false;
    },
    run: async (ctx) => {
      for (const source of sources) {
        for (const completion of await source.lockCompleted(ctx, AT_ONCE)) {
          await issuer.issue(ctx, completion);
          await source.certified(ctx, completion.subject.id);
        }
      }
    },
  };
}
