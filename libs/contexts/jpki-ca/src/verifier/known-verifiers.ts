import { verifierEnded, verifierProductionGranted, verifierSuspended, verifierTestGranted } from '#contracts/jpki-ca';
import type { VerifierAccess, VerifierState } from '#contracts/jpki-verifier';
import type { Ctx, Db } from '#platform';
import type { AccessGrants } from '../ocsp/access-grants.js';

/** What partners are told where access changes. */
const TOLD: Partial<Readonly<Record<VerifierState, typeof verifierEnded>>> = {
  TEST_ACCESS: verifierTestGranted, PRODUCTION: verifierProductionGranted, SUSPENDED: verifierSuspended, ENDED: verifierEnded,
};

/** What is known of the verifiers that jpki-verifier keeps: it decides whom this context answers (JPKI 3.11). */
export class KnownVerifiers {
  constructor(private readonly grants: AccessGrants) {}

  /** By the ids of verifiers. */
  async versions(db: Db): Promise<ReadonlyMap<string, number>> {
    const rows = await db.many<{ id: string; version: number }>('SELECT id, version FROM known_verifier');
    return new Map(rows.map(({ id, version }) => [id, version]));
  }

  /**
   * Gives and takes access by what stands now, and tells partners. What is no newer than what is known changes nothing, unless whoever was asked for
   * it was asked after `before` had been heard from it: then its database is one from before that, and what it says is so.
   */
  async follow(ctx: Ctx, access: VerifierAccess, version: number, before = version): Promise<boolean> {
    const { verifierId: id, organisation, class: verifierClass, state, purposes, modes, confirmers, grantedAt, told, reason } = access;
    const now = ctx.now.toISOString();
    await ctx.db.run(
      `INSERT INTO known_verifier (id, organisation, class, state, confirmers, told, version, changed_at) VALUES ($1, $2, $3, $4, '{}', 0, -1, $5) ON CONFLICT DO NOTHING`,
      id, organisation, verifierClass, state, now,
    );
    const known = await ctx.db.one<{ told: number; version: number }>('SELECT told, version FROM known_verifier WHERE id = $1 FOR UPDATE', id);
    if (version <= known.version && version >= before) return false;
    await ctx.db.run(
      'UPDATE known_verifier SET class = $2, state = $3, confirmers = $4, granted_at = $5, told = $6, version = $7, changed_at = $8 WHERE id = $1',
      id, verifierClass, state, confirmers, grantedAt ?? null, told, version, now,
    );
    if (state === 'PRODUCTION') await this.grants.provide(ctx, { id, organisation, purposes, modes });
    else await this.grants.withdraw(ctx, id);
    ctx.audit({ object: `verifier:${id}`, facts: { state, version } });
    const event = told > known.told ? TOLD[state] : undefined;
    if (event !== undefined) {
      const data = { verifierId: id, organisation, class: verifierClass, purposes, modes, at: now, ...(reason === undefined ? {} : { reason }) };
      ctx.emit(event, { aggregateId: id, sequence: told, data });
    }
    return true;
  }
}
