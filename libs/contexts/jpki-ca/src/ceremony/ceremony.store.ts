import type { Db, Row } from '#platform';
import type { CaId } from '../ca/ca.js';
import type { Ceremony } from './ceremony.js';

export interface CeremonyRecord extends Ceremony, Row {
  readonly id: string;
  readonly ca: CaId;
  readonly generation: number;
  readonly heldOn: string;
  /** Why it was aborted. */
  readonly reason: string | null;
  readonly scheduledBy: string;
}

const COLUMNS = 'id, ca, generation, kind, state, held_on::text AS "heldOn", participants, steps, reason, scheduled_by AS "scheduledBy"';

/** Ceremonies with their minutes: a few each year. */
export class CeremonyStore {
  /** False when another one of the authority is not over. */
  async add(db: Db, ceremony: CeremonyRecord, at: Date): Promise<boolean> {
    const { id, ca, generation, kind, state, heldOn, participants, steps, scheduledBy } = ceremony;
    const added = await db.run(
      `INSERT INTO key_ceremony (id, ca, generation, kind, state, held_on, participants, steps, scheduled_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (ca) WHERE state NOT IN ('CLOSED', 'ABORTED') DO NOTHING`,
      id, ca, generation, kind, state, heldOn, JSON.stringify(participants), JSON.stringify(steps), scheduledBy, at.toISOString(),
    );
    return added === 1;
  }

  async lock(db: Db, id: string): Promise<CeremonyRecord | undefined> {
    return db.maybe<CeremonyRecord>(`SELECT ${COLUMNS} FROM key_ceremony WHERE id = $1 FOR UPDATE`, id);
  }

  async find(db: Db, id: string): Promise<CeremonyRecord | undefined> {
    return db.maybe<CeremonyRecord>(`SELECT ${COLUMNS} FROM key_ceremony WHERE id = $1`, id);
  }

  async all(db: Db): Promise<CeremonyRecord[]> {
    return db.many<CeremonyRecord>(`SELECT ${COLUMNS} FROM key_ceremony ORDER BY id`);
  }

  async save(db: Db, { id, state, participants, steps, reason }: CeremonyRecord, at: Date): Promise<void> {
    await db.run(
      'UPDATE key_ceremony SET state = $2, participants = $3, steps = $4, reason = $5, changed_at = $6 WHERE id = $1',
      id, state, JSON.stringify(participants), JSON.stringify(steps), reason, at.toISOString(),
    );
  }

  async keepMinutes(db: Db, id: string, { document, sha256 }: { readonly document: string; readonly sha256: string }, at: Date): Promise<void> {
    await db.run('INSERT INTO key_ceremony_minutes (ceremony_id, document, sha256, written_at) VALUES ($1, $2, $3, $4)', id, document, sha256, at.toISOString());
  }

  async minutes(db: Db, id: string): Promise<{ document: string; sha256: string } | undefined> {
    return db.maybe('SELECT document, sha256 FROM key_ceremony_minutes WHERE ceremony_id = $1', id);
  }
}
