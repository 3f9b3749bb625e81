import type { Db, Row } from '#platform';
import type { Difference, DifferenceKind, SettlementLine, ThreeSides } from './settlement.js';

export const SOURCES = ['KIOSK', 'MUNICIPALITY'] as const;
export type Source = (typeof SOURCES)[number];

export interface JournalEntry {
  readonly requestId: string;
  readonly type: string;
  readonly copies: number;
  readonly amountYen: number | null;
}

/** A request of a month, where the three sides do not all say the same. */
export interface UnequalRow extends ThreeSides {
  readonly requestId: string;
  readonly municipalityCode: string | null;
  readonly operator: string;
  readonly kioskCame: boolean;
  readonly municipalityCame: boolean;
}

interface FlatRow extends Row {
  readonly requestId: string;
  readonly municipalityCode: string | null;
  readonly operator: string;
  readonly kioskCame: boolean;
  readonly municipalityCame: boolean;
  readonly centreCopies: number | null;
  readonly centreAmount: number | null;
  readonly kioskCopies: number | null;
  readonly kioskAmount: number | null;
  readonly municipalityCopies: number | null;
}

export interface RecordedDifference extends Difference {
  readonly requestId: string;
  readonly municipalityCode: string | null;
  readonly operator: string;
}

/** `from` and `until`: the month in Japan. */
export interface Month {
  readonly month: string;
  readonly from: Date;
  readonly until: Date;
}

const PRINTED = `SELECT id, municipality_code, operator, type, printed_copies AS copies, (price_yen / copies) * printed_copies AS amount, (printed_at AT TIME ZONE 'Asia/Tokyo')::date AS day
  FROM certificate_request WHERE printed_copies > 0 AND printed_at >= $1 AND printed_at < $2`;

export class SettlementStore {
  /** Whole: what the party sent before for the month goes. */
  async replaceJournal(db: Db, journal: { readonly source: Source; readonly month: string; readonly party: string }, entries: readonly JournalEntry[]): Promise<void> {
    const { source, month, party } = journal;
    await db.run('DELETE FROM journal_entry WHERE source = $1 AND month = $2 AND party = $3', source, month, party);
    await db.run(
      `INSERT INTO journal_entry (source, month, request_id, party, type, copies, amount_yen)
       SELECT $1, $2, id, $3, type, copies, amount FROM unnest($4::text[], $5::text[], $6::int[], $7::int[]) AS entry (id, type, copies, amount)`,
      source, month, party, entries.map(({ requestId }) => requestId), entries.map(({ type }) => type), entries.map(({ copies }) => copies), entries.map(({ amountYen }) => amountYen),
    );
  }

  /** The number of the run; another one of the same month takes the place of its lines and differences. */
  async begin(db: Db, month: string, at: Date): Promise<number> {
    const { run } = await db.one<{ run: number }>(
      `INSERT INTO settlement_run (month, run, differences, made_at) VALUES ($1, 1, 0, $2)
       ON CONFLICT (month) DO UPDATE SET run = settlement_run.run + 1, differences = 0, made_at = excluded.made_at RETURNING run`,
      month, at.toISOString(),
    );
    await db.run('DELETE FROM settlement_line WHERE month = $1', month);
    await db.run('DELETE FROM settlement_difference WHERE month = $1', month);
    return run;
  }

  /** Sums of integers by the fee that was paid and the commission of the day of printing. */
  async writeLines(db: Db, { month, from, until }: Month): Promise<void> {
    await db.run(
      `INSERT INTO settlement_line (month, municipality_code, operator, type, printed, fee_yen, commission_yen, refunds_yen)
       SELECT $3, municipality_code, operator, type, sum(copies), sum(amount), sum(commission), sum(refund) FROM (
         SELECT p.municipality_code, p.operator, p.type, p.copies, p.amount, 0 AS refund,
           p.copies * coalesce((SELECT yen FROM commission c WHERE c.operator = p.operator AND c.valid_from <= p.day ORDER BY c.valid_from DESC LIMIT 1), 0) AS commission
         FROM (${PRINTED}) p
         UNION ALL
         SELECT r.municipality_code, r.operator, r.type, 0, 0, f.amount_yen, 0
         FROM refund f JOIN certificate_request r ON r.id = f.request_id WHERE f.is_deducted AND f.refunded_at >= $1 AND f.refunded_at < $2
       ) entry GROUP BY municipality_code, operator, type`,
      from.toISOString(), until.toISOString(), month,
    );
  }

  /** Requests on which the sides that have sent a journal do not agree. */
  async unequal(db: Db, { month, from, until }: Month): Promise<UnequalRow[]> {
    const rows = await db.many<FlatRow>(
      `SELECT coalesce(c.id, k.request_id) AS "requestId", c.municipality_code AS "municipalityCode", coalesce(c.operator, k.party) AS operator, c.copies AS "centreCopies",
         c.amount AS "centreAmount", k.copies AS "kioskCopies", k.amount_yen AS "kioskAmount", m.copies AS "municipalityCopies",
         EXISTS (SELECT FROM journal_entry j WHERE j.source = 'KIOSK' AND j.month = $3 AND j.party = coalesce(c.operator, k.party)) AS "kioskCame",
         EXISTS (SELECT FROM journal_entry j WHERE j.source = 'MUNICIPALITY' AND j.month = $3 AND j.party = c.municipality_code) AS "municipalityCame"
       FROM (${PRINTED}) c
       FULL JOIN (SELECT * FROM journal_entry WHERE source = 'KIOSK' AND month = $3) k ON k.request_id = c.id AND k.party = c.operator
       LEFT JOIN (SELECT * FROM journal_entry WHERE source = 'MUNICIPALITY' AND month = $3) m ON m.request_id = c.id AND m.party = c.municipality_code
       WHERE (c.copies, c.amount, c.copies) IS DISTINCT FROM (k.copies, k.amount_yen, m.copies) ORDER BY 1`,
      from.toISOString(), until.toISOString(), month,
    );
    return rows.map(({ centreCopies, centreAmount, kioskCopies, kioskAmount, municipalityCopies, ...row }) => ({
      ...row, centre: stated(centreCopies, centreAmount), kiosk: stated(kioskCopies, kioskAmount), municipality: stated(municipalityCopies, null),
    }));
  }

  async writeDifferences(db: Db, month: string, found: readonly RecordedDifference[]): Promise<void> {
    await db.run(
      `INSERT INTO settlement_difference (month, request_id, kind, municipality_code, operator, centre, stated)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[])`,
      month, found.map(({ requestId }) => requestId), found.map(({ kind }) => kind), found.map(({ municipalityCode }) => municipalityCode), found.map(({ operator }) => operator),
      found.map(({ centre }) => centre), found.map(({ stated: said }) => said),
    );
    await db.run('UPDATE settlement_run SET differences = $2 WHERE month = $1', month, found.length);
  }

  async run(db: Db, month: string): Promise<{ run: number; differences: number; madeAt: Date } | undefined> {
    return db.maybe<{ run: number; differences: number; madeAt: Date }>('SELECT run, differences, made_at AS "madeAt" FROM settlement_run WHERE month = $1', month);
  }

  /** Of one municipality or operator, or of all. */
  async lines(db: Db, month: string, party: string | undefined): Promise<SettlementLine[]> {
    return db.many<SettlementLine & Row>(
      `SELECT municipality_code AS "municipalityCode", operator, type, printed, fee_yen AS "feeYen", commission_yen AS "commissionYen", refunds_yen AS "refundsYen"
       FROM settlement_line WHERE month = $1 AND ($2::text IS NULL OR municipality_code = $2 OR operator = $2) ORDER BY municipality_code, operator, type`,
      month, party ?? null,
    );
  }

  async differences(db: Db, month: string, party: string | undefined, limit: number): Promise<RecordedDifference[]> {
    return db.many<RecordedDifference & { kind: DifferenceKind } & Row>(
      `SELECT request_id AS "requestId", kind, municipality_code AS "municipalityCode", operator, centre, stated FROM settlement_difference
       WHERE month = $1 AND ($2::text IS NULL OR municipality_code = $2 OR operator = $2) ORDER BY request_id, kind LIMIT $3`,
      month, party ?? null, limit,
    );
  }
}

function stated(copies: number | null, amountYen: number | null): { copies: number; amountYen: number | null } | null {
  return copies === null ? null : { copies, amountYen };
}
