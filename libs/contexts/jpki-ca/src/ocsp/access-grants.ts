import { z } from 'zod';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_IDS, type CaId } from '../ca/ca.js';

/** Which verifiers may have the revocation information of which authority (JPKI 3.11, act art. 17, 18). */
export class AccessGrants {
  /** Verifiers need a grant; other institutions are judged by the policy table alone. */
  async permits(ctx: Ctx, ca: CaId): Promise<boolean> {
    if (ctx.actor.kind !== 'signature-verifier') return true;
    return (await ctx.db.maybe('SELECT 1 AS granted FROM access_grant WHERE organisation = $1 AND ca = $2', ctx.actor.organisation, ca)) !== undefined;
  }

  /** False when it was granted before. */
  async grant(ctx: Ctx, organisation: string, ca: CaId): Promise<boolean> {
    const added = await ctx.db.run(
      'INSERT INTO access_grant (organisation, ca, granted_at, granted_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      organisation, ca, ctx.now.toISOString(), ctx.actor.clientId,
    );
    return added === 1;
  }
}

const spec = useCase({
  action: 'jpki-ca.access-grant.grant',
  kind: 'command',
  summary: 'Grants a verifier the revocation information of an authority',
  input: z.strictObject({ organisation: z.string().regex(/^[a-z0-9-]{1,40}$/), ca: z.enum(CA_IDS) }),
  output: z.object({ organisation: z.string(), ca: z.enum(CA_IDS) }),
  refusals: [],
});

/** A repetition changes nothing. */
export class GrantAccess implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly grants: AccessGrants) {}

  async execute(ctx: Ctx, { organisation, ca }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const added = await this.grants.grant(ctx, organisation, ca);
    ctx.audit({ object: `access-grant:${organisation}:${ca}`, facts: { added } });
    return { organisation, ca };
  }
}
