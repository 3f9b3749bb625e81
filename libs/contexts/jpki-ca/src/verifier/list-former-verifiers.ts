import { formerVerifiers } from '#contracts/jpki-ca';
import { nextOf, useCase, type Ctx, type FieldCipher, type InputOf, type OutputOf, type Row, type UseCase } from '#platform';

const PAGE = 20;

const spec = useCase({
  action: 'jpki-ca.former-verifier.list',
  kind: 'question',
  summary: 'Verifiers that were kept here before they had a context of their own, for that context',
  input: formerVerifiers.input,
  output: formerVerifiers.output,
  refusals: [],
});

/** What was written before the move, which nobody changes any more; the tables go when the last estate has moved. */
export class ListFormerVerifiers implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly cipher: FieldCipher) {}

  async execute(ctx: Ctx, { after }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const rows = await ctx.db.many<{ id: string; contacts: Buffer | null; record: string } & Row>(
      `SELECT id, contacts, (to_jsonb(v) - 'contacts' || jsonb_build_object(
         'provided_at', (SELECT min(granted_at) FROM access_grant WHERE verifier_id = v.id), 'provided_by', (SELECT min(granted_by) FROM access_grant WHERE verifier_id = v.id),
         'confirmers', (SELECT coalesce(jsonb_agg(m), '[]') FROM signature_confirmer m WHERE m.verifier_id = v.id),
         'statements', (SELECT coalesce(jsonb_agg(s), '[]') FROM usage_statement s WHERE s.organisation = v.organisation),
         'lines', (SELECT coalesce(jsonb_agg(l), '[]') FROM (
            SELECT s.organisation, s.month, CASE u.ca WHEN 'sign' THEN 'SIGN' ELSE 'AUTH' END AS purpose, u.mode, sum(u.definitive) AS definitive, sum(u.free) AS free, sum(u.amount_yen) AS amount_yen
            FROM usage_statement s JOIN usage_day u ON u.organisation = s.organisation AND to_char(u.day, 'YYYY-MM') = s.month WHERE s.organisation = v.organisation GROUP BY 1, 2, 3, 4) l)))::text AS record
       FROM verifier v WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`,
      after ?? null, PAGE,
    );
    ctx.audit({ object: 'former-verifiers', facts: { verifiers: rows.length } });
    const verifiers = rows.map(({ id, contacts, record }) => ({ verifierId: id, record, ...(contacts === null ? {} : { contacts: this.cipher.decrypt('verifier.contacts', contacts) }) }));
    return { verifiers, ...nextOf(rows, PAGE, ({ id }) => id) };
  }
}
