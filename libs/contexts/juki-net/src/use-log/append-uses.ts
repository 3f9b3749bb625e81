import { createHash } from 'node:crypto';
import { appendUses, jukiNetProblems } from '#contracts/juki-net';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { type AppendedUse, useTimeFault } from './use-log.js';
import { appendedUses, type UseLogStore } from './use-log.store.js';

const spec = useCase({
  action: 'juki-net.use-record.append',
  // Known by the ids of its records: harmless to repeat.
  kind: 'process',
  summary: 'Appends uses of identity information that another context provided; each message whole or not at all',
  input: appendUses.input,
  output: appendUses.output,
  refusals: refusals(jukiNetProblems, 'RESIDENT_UNKNOWN', 'USE_RECORD_REUSED', 'USE_RECORD_TIME'),
});

/** What others provide stands beside what the register provides itself (JUKI-3.9, 4.12); the digest of a message is in the chain of the audit trail. */
export class AppendUses implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly log: UseLogStore) {}

  async execute(ctx: Ctx, { uses }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    for (const [index, use] of uses.entries()) {
      const fault = useTimeFault(use, ctx.now);
      if (fault !== undefined) throw jukiNetProblems.refuse(fault, { fields: [{ pointer: `/uses/${index}/at`, code: fault }] });
    }
    return ctx.transaction((tx) => this.append(tx, uses));
  }

  private async append(tx: Ctx, uses: readonly AppendedUse[]): Promise<OutputOf<typeof spec>> {
    const persons = new Set(uses.map(({ personKey }) => personKey));
    if ((await this.log.countKnown(tx.db, [...persons])) !== persons.size) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    const [ids, digests] = [uses.map(({ recordId }) => recordId), uses.map((use) => this.log.digest(use))];
    const { clientId, organisation: provider } = tx.actor;
    const fresh = await this.log.claim(tx.db, clientId, ids, digests);
    if (await this.log.isReused(tx.db, clientId, ids, digests)) throw jukiNetProblems.refuse('USE_RECORD_REUSED');
    const appended = uses.filter(({ recordId }) => fresh.delete(recordId));
    for (const { recordId, at, personKey, legalBasis, keyKind, resultCode, ...rest } of appended) {
      tx.journal(appendedUses, {
        ...rest, at, use_id: recordId, person_key: personKey, legal_basis: legalBasis, key_kind: keyKind, result_code: resultCode, correlation_id: tx.correlationId, provider, appended_at: tx.now,
      });
    }
    const sha256 = digests.reduce((hash, digest) => hash.update(digest), createHash('sha256')).digest('hex');
    tx.audit({ object: 'use-records', subjects: [...new Set(appended.map(({ personKey }) => personKey))], facts: { records: uses.length, appended: appended.length, sha256 } });
    return { appended: appended.length, repeated: uses.length - appended.length };
  }
}
