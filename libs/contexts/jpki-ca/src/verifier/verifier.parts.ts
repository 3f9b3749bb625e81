import { route, type ContextParts, type Platform } from '#platform';
import type { AccessGrants } from '../ocsp/access-grants.js';
import { onStatements, onVerifierChanges } from '../on/on-verifier-events.js';
import type { SigningGuard } from '../reconciliation/signing-guard.js';
import { AnswerUse } from './answer-use.js';
import { CheckStatus } from './check-status.js';
import { CompareVerifiers, comparisonHourly } from './compare-verifiers.js';
import { CountUses, usesMonthly } from './count-uses.js';
import { dropUsesDaily } from './drop-uses.js';
import { KnownVerifiers } from './known-verifiers.js';
import { ListFormerVerifiers } from './list-former-verifiers.js';
import { StatusQueryStore } from './status-query.store.js';
import { UsageStore } from './usage.store.js';

/** Who of jpki-verifier's verifiers is answered, what they ask beside OCSP and lists, and how often (JPKI 3.11, 4.13). */
export function verifierParts({ cipher, masterKey, peers }: Platform, grants: AccessGrants, guard: SigningGuard): Partial<ContextParts> {
  const known = new KnownVerifiers(grants);
  const usage = new UsageStore();
  return {
    http: [route('POST', '/status-queries', new CheckStatus(new StatusQueryStore(), grants, masterKey, guard))],
    grpc: { 'JpkiCa.VerifierUse': new AnswerUse(usage), 'JpkiCa.FormerVerifiers': new ListFormerVerifiers(cipher) },
    subscriptions: [onVerifierChanges(known), onStatements],
    jobs: [new CompareVerifiers(known, peers), new CountUses(usage)],
    schedules: [comparisonHourly(), usesMonthly(usage), dropUsesDaily(usage)],
  };
}
