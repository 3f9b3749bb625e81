import type { Ctx, Schedule } from '#platform';
import type { CertificateIssuer, Completion } from './certificate-issuer.js';
import type { CertificateRecord } from './certificate.store.js';

/** Where completions come from: places in sessions, registrations for e-learning. */
export interface CompletionSource {
  /** Whether anything waits; a look without locks. */
  hasCompleted(ctx: Ctx): Promise<boolean>;
  /** Has certificates issued for some of what waits, which then waits no more. */
  certify(ctx: Ctx, issue: (completion: Completion) => Promise<CertificateRecord>): Promise<void>;
}

/** Every second: what was completed gets its certificate, some of each source a transaction (TRN-3.3, 4.9). */
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
      for (const source of sources) await source.certify(ctx, (completion) => issuer.issue(ctx, completion));
    },
  };
}
