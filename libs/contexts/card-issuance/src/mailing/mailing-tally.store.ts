import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';

/** A move as it is counted; an envelope that is planned comes from nowhere. */
export interface CountedMove {
  readonly municipalityCode: string;
  readonly from?: string;
  readonly to: string;
}

/** Envelopes that came into and left a state, on the day asked for and up to its end. */
export interface TallyRow {
  readonly state: string;
  readonly entered: number;
  readonly leaving: number;
  readonly enteredThatDay: number;
}

/** Counts moves by municipality, day and state, without a row that two writers would wait for. */
export class MailingTallyStore {
  async add(db: Db, day: LocalDate, moves: readonly CountedMove[]): Promise<void> {
    const counts = new Map<string, { town: string; state: string; entered: number; leaving: number }>();
    const countOf = (town: string, state: string) => {
      const count = counts.get(`${town} ${state}`) ?? { town, state, entered: 0, leaving: 0 };
      counts.set(`${town} ${state}`, count);
      return count;
    };
    for (const { municipalityCode, from, to } of moves) {
      countOf(municipalityCode, to).entered += 1;
      if (from !== undefined) countOf(municipalityCode, from).leaving += 1;
    }
    const rows = [...counts.values()];
    await db.run(
      'INSERT INTO mailing_tally (municipality_code, day, state, entered, leaving) SELECT town, $1, state, entered, leaving FROM unnest($2::text[], $3::text[], $4::int[], $5::int[]) AS row (town, state, entered, leaving)',
      day, rows.map((row) => row.town), rows.map((row) => row.state), rows.map((row) => row.entered), rows.map((row) => row.leaving),
    );
  }

  /** Of one municipality or, without one, of the nation. */
  async upTo(db: Db, municipalityCode: string | undefined, day: LocalDate): Promise<TallyRow[]> {
    const rows = (where: string, ...values: unknown[]): Promise<TallyRow[]> => db.many<TallyRow & Row>(
      `SELECT state, sum(entered)::bigint AS entered, sum(leaving)::bigint AS leaving, coalesce(sum(entered) FILTER (WHERE day = $1), 0)::bigint AS "enteredThatDay"
       FROM mailing_tally WHERE day <= $1${where} GROUP BY state`,
      day, ...values,
    );
    return municipalityCode === undefined ? rows('') : rows(' AND municipality_code = $2', municipalityCode);
  }

  /** Sums the rows of the days before up, one for each municipality, day and state. */
  async compact(db: Db, before: LocalDate): Promise<void> {
    await db.run(
      `WITH taken AS (DELETE FROM mailing_tally WHERE (municipality_code, day) IN
         (SELECT municipality_code, day FROM mailing_tally WHERE day < $1 GROUP BY municipality_code, day HAVING count(*) > count(DISTINCT state)) RETURNING *)
       INSERT INTO mailing_tally SELECT municipality_code, day, state, sum(entered), sum(leaving) FROM taken GROUP BY municipality_code, day, state`,
      before,
    );
  }
}
