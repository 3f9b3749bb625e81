import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';

export interface KioskOperator {
  readonly organisation: string;
  readonly name: string;
}

/** Operators of kiosks, their kiosks, and what they get per copy. */
export class KioskOperatorStore {
  async save(db: Db, { organisation, name }: KioskOperator, at: Date): Promise<void> {
    await db.run(
      'INSERT INTO kiosk_operator (organisation, name, registered_at) VALUES ($1, $2, $3) ON CONFLICT (organisation) DO UPDATE SET name = excluded.name', organisation, name, at.toISOString(),
    );
  }

  async list(db: Db): Promise<(KioskOperator & { readonly kiosks: number; readonly commissionYen: number | null })[]> {
    return db.many<KioskOperator & { kiosks: number; commissionYen: number | null } & Row>(
      `SELECT o.organisation, o.name, (SELECT count(*) FROM kiosk k WHERE k.operator = o.organisation) AS kiosks,
         (SELECT yen FROM commission c WHERE c.operator = o.organisation ORDER BY valid_from DESC LIMIT 1) AS "commissionYen" FROM kiosk_operator o ORDER BY o.organisation`,
    );
  }

  async has(db: Db, organisation: string): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM kiosk_operator WHERE organisation = $1', organisation)) !== undefined;
  }

  async addKiosk(db: Db, operator: string, kioskId: string, at: Date): Promise<void> {
    await db.run('INSERT INTO kiosk (operator, kiosk_id, registered_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', operator, kioskId, at.toISOString());
  }

  async hasKiosk(db: Db, operator: string, kioskId: string): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM kiosk WHERE operator = $1 AND kiosk_id = $2', operator, kioskId)) !== undefined;
  }

  async setCommission(db: Db, operator: string, validFrom: LocalDate, yen: number): Promise<void> {
    await db.run('INSERT INTO commission (operator, valid_from, yen) VALUES ($1, $2, $3) ON CONFLICT (operator, valid_from) DO UPDATE SET yen = excluded.yen', operator, validFrom, yen);
  }

  /** Whether one is in force already. */
  async hasCommission(db: Db, operator: string, day: LocalDate): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM commission WHERE operator = $1 AND valid_from <= $2', operator, day)) !== undefined;
  }
}
