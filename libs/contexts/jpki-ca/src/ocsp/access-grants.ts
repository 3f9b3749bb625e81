import { z } from 'zod';
import { jpkiCaProblems, type ProvisionMode, type VerifierPurpose } from '#contracts/jpki-ca';
import { refusals, useCase, type Ctx, type Db, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_IDS, type CaId } from '../ca/ca.js';

export const CA_OF_PURPOSE: Readonly<Record<VerifierPurpose, CaId>> = { SIGN: 'sign', AUTH: 'auth' };

/** What a verifier agreed on, as its access needs it. */
export interface GrantedAgreement {
  readonly id: string;
  readonly organisation: string;
  readonly purposes: readonly VerifierPurpose[];
  readonly modes: readonly ProvisionMode[];
}

/** Under whose notification a caller asks online. */
export interface OnlineAccess {
  /** The verifier, which is the caller or its group. */
  readonly organisation: string;
  /** None for access without a notification. */
  readonly verifierId: string | undefined;
  readonly asConfirmer: boolean;
  readonly cas: ReadonlySet<CaId>;
}

/** Which verifiers may have the revocation information of which authority, in which way (JPKI 3.11, act art. 17, 18). */
export class AccessGrants {
  /** Verifiers need a grant, in this mode or in any; other institutions are judged by the policy table alone. */
  async permits(ctx: Ctx, ca: CaId, mode?: ProvisionMode): Promise<boolean> {
    return ctx.actor.kind !== 'signature-verifier' || this.isGranted(ctx.db, ctx.actor.organisation, ca, mode);
  }

  async isGranted(db: Db, organisation: string, ca: CaId, mode?: ProvisionMode): Promise<boolean> {
    const granted = await db.maybe(
      'SELECT 1 AS granted FROM access_grant WHERE organisation = $1 AND ca = $2 AND ($3::text IS NULL OR modes IS NULL OR $3 = ANY(modes))',
      organisation, ca, mode ?? null,
    );
    return granted !== undefined;
  }

  /** A member of a professional group that has no access of its own asks under that of its group (JPKI 4.13). */
  async online({ db, actor }: Ctx): Promise<OnlineAccess> {
    const rows = await db.many<{ organisation: string; ca: CaId; verifierId: string | null; asConfirmer: boolean }>(
      `SELECT organisation, ca, verifier_id AS "verifierId", false AS "asConfirmer" FROM access_grant WHERE organisation = $1 AND (modes IS NULL OR 'OCSP' = ANY(modes))
       UNION ALL SELECT g.organisation, g.ca, g.verifier_id, true FROM known_verifier v JOIN access_grant g ON g.verifier_id = v.id
         WHERE v.confirmers @> ARRAY[$1] AND 'OCSP' = ANY(g.modes)
       ORDER BY 4`,
      actor.organisation,
    );
    const [first] = rows;
    const same = rows.filter(({ asConfirmer }) => asConfirmer === first?.asConfirmer);
    const { organisation = actor.organisation, verifierId, asConfirmer = false } = first ?? {};
    return { organisation, verifierId: verifierId ?? undefined, asConfirmer, cas: new Set(same.map(({ ca }) => ca)) };
  }

  /** The access that a notification gives, instead of what the organisation had before. */
  async provide(ctx: Ctx, { id, organisation, purposes, modes }: GrantedAgreement): Promise<void> {
    await ctx.db.run('DELETE FROM access_grant WHERE organisation = $1', organisation);
    await ctx.db.run(
      'INSERT INTO access_grant (organisation, ca, granted_at, granted_by, verifier_id, modes) SELECT $1, ca, $3, $4, $5, $6 FROM unnest($2::text[]) AS ca',
      organisation, purposes.map((purpose) => CA_OF_PURPOSE[purpose]), ctx.now.toISOString(), ctx.actor.clientId, id, modes,
    );
  }

  async withdraw(ctx: Ctx, verifierId: string): Promise<void> {
    await ctx.db.run('DELETE FROM access_grant WHERE verifier_id = $1', verifierId);
  }

  /** Without a notification, in every mode. False when it was granted before. */
  async grant(ctx: Ctx, organisation: string, ca: CaId): Promise<boolean> {
    const added = await ctx.db.run(
      'INSERT INTO access_grant (organisation, ca, granted_at, granted_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      organisation, ca, ctx.now.toISOString(), ctx.actor.clientId,
    );
    return added === 1;
  }

  /** Whether the organisation's access is a matter of its notification. */
  async isNotified(db: Db, organisation: string): Promise<boolean> {
    const notified = await db.maybe("SELECT 1 AS notified FROM known_verifier WHERE organisation = $1 AND state IN ('NOTIFIED', 'PRODUCTION', 'SUSPENDED')", organisation);
    return notified !== undefined;
  }
}

const spec = useCase({
  action: 'jpki-ca.access-grant.grant',
  kind: 'command',
  summary: 'Grants the revocation information of an authority outside of production, without a notification',
  input: z.strictObject({ organisation: z.string().regex(/^[a-z0-9-]{1,40}$/), ca: z.enum(CA_IDS) }),
  output: z.object({ organisation: z.string(), ca: z.enum(CA_IDS) }),
  refusals: refusals(jpkiCaProblems, 'NOTIFICATION_REQUIRED', 'VERIFIER_ON_FILE'),
});

/** For those who try (JPKI 8). One officer is enough here, so it neither works in production nor passes by a notification. A repetition changes nothing. */
export class GrantAccess implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly grants: AccessGrants,
    private readonly isProduction: boolean,
  ) {}

  async execute(ctx: Ctx, { organisation, ca }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (this.isProduction) throw jpkiCaProblems.refuse('NOTIFICATION_REQUIRED');
    if (await this.grants.isNotified(ctx.db, organisation)) throw jpkiCaProblems.refuse('VERIFIER_ON_FILE');
    const added = await this.grants.grant(ctx, organisation, ca);
    ctx.audit({ object: `access-grant:${organisation}:${ca}`, facts: { added } });
    return { organisation, ca };
  }
}
