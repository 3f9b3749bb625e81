import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { addDays, csvLine, startOfDayInJapan, toLocalDate } from '#kernel';
import { refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type Row, type UseCase } from '#platform';
import { WITHDRAWN } from '../batch/batch.store.js';
import type { FileExchange } from '../exchange/file-exchange.js';
import { codePrefix } from './reach.js';

/** NUM-5.3 `NREC`. */
export const RECONCILIATION_COLUMNS = ['municipalityCode', 'requested', 'designated', 'tentative', 'refused', 'pending', 'ledgerDelta', 'linkDelta'] as const;

const spec = useCase({
  action: 'numbering.reconciliation.read',
  kind: 'question',
  summary: 'What was requested on a day and where it stands now, by municipality (NREC, as CSV or sealed)',
  input: z.object({ day: z.iso.date().regex(/^20/) }),
  output: z.custom<BinaryAnswer>(),
  refusals: refusals(numberingProblems, 'EXCHANGE_CERTIFICATE'),
});

/**
 * NUM-5.3. `ledgerDelta` is what the counters say was entered into the ledger, which names nobody; `linkDelta` are the rows of
 * the link themselves: for a finished batch both are equal. A withdrawn candidate is refused and stays in both; a single request that was refused at once left nothing.
 */
export class ReconcileDay implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly files: FileExchange) {}

  async execute(ctx: Ctx, { day }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const [from, to] = [startOfDayInJapan(toLocalDate(day)), startOfDayInJapan(addDays(toLocalDate(day), 1))];
    const rows = await ctx.db.many<Row & Record<(typeof RECONCILIATION_COLUMNS)[number], string | number>>(
      `WITH sealed AS (SELECT b.*, ${WITHDRAWN} AS withdrawn FROM generation_batch b WHERE sealed_at >= $1 AND sealed_at < $2 AND starts_with(municipality_code, $3)),
         drawn AS (SELECT municipality_code, batch_id, code_index, generation, state FROM assignment WHERE batch_id IN (SELECT batch_id FROM sealed)
           UNION ALL SELECT municipality_code, batch_id, code_index, generation, state FROM assignment
             WHERE batch_id IS NULL AND generated_at >= $1 AND generated_at < $2 AND starts_with(municipality_code, $3)),
         parts AS (
           SELECT municipality_code, lines AS requested, CASE WHEN designated_at IS NOT NULL THEN designated - withdrawn ELSE 0 END AS designated,
             CASE WHEN confirmed_at IS NOT NULL AND designated_at IS NULL THEN designated - withdrawn ELSE 0 END AS tentative, refused + withdrawn AS refused,
             lines - refused - CASE WHEN coalesce(designated_at, confirmed_at) IS NULL THEN withdrawn ELSE designated END AS pending, designated - repeated AS ledger, 0 AS linked FROM sealed
           UNION ALL SELECT municipality_code, 1, (state NOT IN ('TENTATIVE', 'VOID'))::int, (state = 'TENTATIVE')::int, (state = 'VOID')::int, 0, 1, 0
             FROM drawn WHERE batch_id IS NULL
           UNION ALL SELECT municipality_code, 1, 0, 0, (state = 'REFUSED')::int, (state = 'HELD')::int, 0, 0 FROM held_request h
             WHERE state <> 'ANSWERED' AND held_until - interval '24 hours' >= $1 AND held_until - interval '24 hours' < $2 AND starts_with(municipality_code, $3)
               AND NOT EXISTS (SELECT FROM batch_line l JOIN sealed s USING (batch_id) WHERE l.request_id = h.request_id AND s.municipality_code = h.municipality_code)
           UNION ALL SELECT d.municipality_code, 0, 0, 0, 0, 0, 0, 1 FROM drawn d JOIN code_number_link l ON l.code_index = d.code_index AND l.seq = d.generation)
       SELECT municipality_code AS "municipalityCode", sum(requested) AS requested, sum(designated) AS designated, sum(tentative) AS tentative, sum(refused) AS refused,
         sum(pending) AS pending, sum(ledger) AS "ledgerDelta", sum(linked) AS "linkDelta" FROM parts GROUP BY municipality_code ORDER BY municipality_code`,
      from.toISOString(), to.toISOString(), codePrefix(ctx),
    );
    const lines = rows.map((row) => csvLine(RECONCILIATION_COLUMNS.map((column) => String(row[column]))));
    ctx.audit({ object: `reconciliation:${day}`, facts: { municipalities: rows.length } });
    return this.files.answer(ctx, { kind: 'NREC', columns: RECONCILIATION_COLUMNS, municipalityCode: ctx.actor.organisation }, lines);
  }
}
