import type { LocalDate } from '#kernel';
import { uuidv7, type Db, type FieldCipher, type Row } from '#platform';
import { type DifferenceState, dueDay, type Explanation } from './difference.js';
import type { Difference, DifferenceClass } from './reconciliation.js';

/** A difference as its municipality sees it. */
export interface KeptDifference {
  readonly differenceId: string;
  readonly municipalityCode: string;
  readonly personKey: string | null;
  readonly residentCode: string;
  readonly class: DifferenceClass;
  readonly municipalVersion: number | null;
  readonly registerVersion: number | null;
  readonly state: DifferenceState;
  readonly explanation: Explanation | null;
  readonly foundOn: LocalDate;
  readonly dueOn: LocalDate;
}

interface FindingRun {
  readonly runId: string;
  readonly municipalityCode: string;
  readonly today: LocalDate;
}

const SEALED_COLUMN = 'reconciliation_difference.sealed_code';
const COLUMNS = `difference_id AS "differenceId", municipality_code AS "municipalityCode", sealed_code AS sealed, person_key AS "personKey", class,
  municipal_version AS "municipalVersion", register_version AS "registerVersion", state, explanation, found_on AS "foundOn", due_on AS "dueOn"`;

type Sealed = Omit<KeptDifference, 'residentCode'> & { readonly sealed: Buffer };

/** Differences of a municipality, over all runs. */
export class DifferenceStore {
  constructor(private readonly cipher: FieldCipher) {}

  /**
   * Keeps what a run found in a bucket: a new difference is open; one that stands stays as it is, unless it is of another class now,
   * which no earlier explanation explains. Answers the persons of the codes; a code that the register never saw has none.
   */
  async record(db: Db, { runId, municipalityCode, today }: FindingRun, found: readonly Difference[]): Promise<string[]> {
    const rows = await db.many<{ person_key: string | null }>(
      `INSERT INTO reconciliation_difference AS d
         (difference_id, municipality_code, run_id, code_index, sealed_code, person_key, class, municipal_version, register_version, state, found_on, due_on)
       SELECT f.id, $1, $2, f.code_index, f.sealed, c.person_key, f.class, f.municipal, f.register, 'OPEN', $3, $4
       FROM unnest($5::uuid[], $6::bytea[], $7::bytea[], $8::text[], $9::int[], $10::int[]) AS f (id, code_index, sealed, class, municipal, register)
       LEFT JOIN resident_code c ON c.code_index = f.code_index
       ON CONFLICT (municipality_code, code_index) WHERE state <> 'RESOLVED' DO UPDATE SET
         run_id = EXCLUDED.run_id, class = EXCLUDED.class, municipal_version = EXCLUDED.municipal_version, register_version = EXCLUDED.register_version,
         state = CASE d.class WHEN EXCLUDED.class THEN d.state ELSE 'OPEN' END, explanation = CASE d.class WHEN EXCLUDED.class THEN d.explanation END,
         due_on = CASE WHEN d.class <> EXCLUDED.class AND d.state = 'EXPLAINED' THEN EXCLUDED.due_on ELSE d.due_on END
       RETURNING person_key`,
      municipalityCode, runId, today, dueDay(today), found.map(() => uuidv7()), found.map(({ residentCode }) => this.cipher.blindIndex('resident-code', residentCode)),
      found.map(({ residentCode }) => this.cipher.encrypt(SEALED_COLUMN, residentCode)), found.map((difference) => difference.class),
      found.map(({ municipalVersion }) => municipalVersion ?? null), found.map(({ registerVersion }) => registerVersion ?? null),
    );
    return rows.flatMap((row) => row.person_key ?? []);
  }

  /** What no part of the run found is gone. */
  async resolveOthers(db: Db, { runId, municipalityCode }: Pick<FindingRun, 'runId' | 'municipalityCode'>): Promise<number> {
    return db.run("UPDATE reconciliation_difference SET state = 'RESOLVED' WHERE municipality_code = $1 AND run_id <> $2 AND state <> 'RESOLVED'", municipalityCode, runId);
  }

  async counts(db: Db, runId: string, today: LocalDate): Promise<{ class: DifferenceClass; found: number; open: number; overdue: number }[]> {
    return db.many(
      `SELECT class, count(*) AS found, count(*) FILTER (WHERE state = 'OPEN') AS open, count(*) FILTER (WHERE state = 'OPEN' AND due_on < $2) AS overdue
       FROM reconciliation_difference WHERE run_id = $1 GROUP BY class`,
      runId, today,
    );
  }

  async page(db: Db, runId: string, { after, limit }: { after: string; limit: number }): Promise<KeptDifference[]> {
    const rows = await db.many<Sealed & Row>(
      `SELECT ${COLUMNS} FROM reconciliation_difference WHERE run_id = $1 AND difference_id > $2 ORDER BY difference_id LIMIT $3`, runId, after, limit,
    );
    return rows.map((row) => this.toKept(row));
  }

  async lock(db: Db, differenceId: string): Promise<KeptDifference | undefined> {
    const row = await db.maybe<Sealed & Row>(`SELECT ${COLUMNS} FROM reconciliation_difference WHERE difference_id = $1 FOR UPDATE`, differenceId);
    return row === undefined ? undefined : this.toKept(row);
  }

  async explain(db: Db, differenceId: string, explanation: Explanation): Promise<void> {
    await db.run("UPDATE reconciliation_difference SET state = 'EXPLAINED', explanation = $2 WHERE difference_id = $1", differenceId, explanation);
  }

  private toKept({ sealed, ...rest }: Sealed): KeptDifference {
    return { ...rest, residentCode: this.cipher.decrypt(SEALED_COLUMN, sealed) };
  }
}
