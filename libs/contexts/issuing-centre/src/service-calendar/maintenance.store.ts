import type { Db, Row } from '#platform';
import type { Maintenance } from './service-calendar.js';

export interface PlannedMaintenance extends Maintenance {
  readonly id: string;
  readonly municipalityCode: string | null;
}

export class MaintenanceStore {
  async add(db: Db, { id, municipalityCode, fromAt, untilAt }: PlannedMaintenance): Promise<void> {
    await db.run('INSERT INTO maintenance (id, municipality_code, from_at, until_at) VALUES ($1, $2, $3, $4)', id, municipalityCode, fromAt.toISOString(), untilAt.toISOString());
  }

  /** Those that are not over. */
  async standing(db: Db, now: Date): Promise<PlannedMaintenance[]> {
    return db.many<PlannedMaintenance & Row>('SELECT id, municipality_code AS "municipalityCode", from_at AS "fromAt", until_at AS "untilAt" FROM maintenance WHERE until_at > $1 ORDER BY from_at', now.toISOString());
  }
}
