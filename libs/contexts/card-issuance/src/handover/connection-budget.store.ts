import type { Db, Row } from '#platform';

/** CARD-4.12 Q5: what a large city had after the incident. */
const USUAL = 42;

export interface ConnectionBudget {
  readonly most: number;
  readonly inUse: number;
}

/** How many hand-overs a municipality has under way, and may have (CARD-4.12 Q5). */
export class ConnectionBudgetStore {
  /** Takes one if one is free: the row is the proof, nothing is counted. */
  async take(db: Db, municipalityCode: string): Promise<boolean> {
    await db.run('INSERT INTO connection_budget (municipality_code) VALUES ($1) ON CONFLICT DO NOTHING', municipalityCode);
    return (await db.run('UPDATE connection_budget SET in_use = in_use + 1 WHERE municipality_code = $1 AND in_use < most', municipalityCode)) === 1;
  }

  async release(db: Db, municipalityCode: string): Promise<void> {
    await db.run('UPDATE connection_budget SET in_use = in_use - 1 WHERE municipality_code = $1', municipalityCode);
  }

  async set(db: Db, municipalityCode: string, most: number): Promise<void> {
    await db.run('INSERT INTO connection_budget (municipality_code, most) VALUES ($1, $2) ON CONFLICT (municipality_code) DO UPDATE SET most = $2', municipalityCode, most);
  }

  async show(db: Db, municipalityCode: string): Promise<ConnectionBudget> {
    const row = await db.maybe<ConnectionBudget & Row>('SELECT most, in_use AS "inUse" FROM connection_budget WHERE municipality_code = $1', municipalityCode);
    return row ?? { most: USUAL, inUse: 0 };
  }
}
