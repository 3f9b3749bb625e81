import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { IssuingEnd } from './commission.js';

export interface Commission {
  readonly commissionId: string;
  readonly municipalityCode: string;
  readonly state: 'IN_FORCE' | 'ENDED';
  readonly population: number;
  readonly endedOn: LocalDate | null;
}
type CommissionRow = Commission & Row;

const COLUMNS = 'commission_id AS "commissionId", municipality_code AS "municipalityCode", state, population, ended_on AS "endedOn"';

/** Commissions; a municipality has one in force at most. */
export class CommissionStore {
  async add(db: Db, commission: Pick<Commission, 'commissionId' | 'municipalityCode' | 'population'> & { readonly populationOn: LocalDate; readonly person: string; readonly now: Date }): Promise<boolean> {
    const { commissionId, municipalityCode, population, populationOn, person, now } = commission;
    const added = await db.run(
      "INSERT INTO commission (commission_id, municipality_code, population, population_on, state, changed_by, changed_at) VALUES ($1, $2, $3, $4, 'IN_FORCE', $5, $6) ON CONFLICT DO NOTHING",
      commissionId, municipalityCode, population, populationOn, person, now.toISOString(),
    );
    return added > 0;
  }

  /** Ends the one of a municipality or, without one, all; tells which. */
  async end(db: Db, municipalityCode: string | undefined, at: { readonly today: LocalDate; readonly person: string; readonly now: Date }): Promise<Commission[]> {
    return db.many<CommissionRow>(
      `UPDATE commission SET state = 'ENDED', ended_on = $2, changed_by = $3, changed_at = $4 WHERE state = 'IN_FORCE' AND ($1::text IS NULL OR municipality_code = $1) RETURNING ${COLUMNS}`,
      municipalityCode ?? null, at.today, at.person, at.now.toISOString(),
    );
  }

  /** Held so that it does not end before what is ordered under it is written. */
  async isInForce(db: Db, municipalityCode: string): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM commission WHERE municipality_code = $1 AND state = 'IN_FORCE' FOR SHARE", municipalityCode)) !== undefined;
  }

  async list(db: Db, municipalityCode: string | undefined, limit: number): Promise<Commission[]> {
    return db.many<CommissionRow>(`SELECT ${COLUMNS} FROM commission WHERE ($1::text IS NULL OR municipality_code = $1) ORDER BY municipality_code, changed_at LIMIT $2`, municipalityCode ?? null, limit);
  }

  async issuingEnd(db: Db): Promise<IssuingEnd> {
    return db.one<IssuingEnd & Row>('SELECT last_issuing_day AS "lastIssuingDay", number_card_start AS "numberCardStart" FROM issuing_end');
  }

  async setIssuingEnd(db: Db, { lastIssuingDay, numberCardStart }: IssuingEnd): Promise<void> {
    await db.run('UPDATE issuing_end SET last_issuing_day = $1, number_card_start = $2', lastIssuingDay, numberCardStart);
  }
}
