import type { Db, Row } from '#platform';
import type { KeyRotation } from './key-rotation.js';

type RotationRow = KeyRotation & Row;

export class KeyRotationStore {
  /** False where another proposal stands. */
  async add(db: Db, { rotationId, overlapDays, state, proposedBy }: KeyRotation, at: Date): Promise<boolean> {
    const added = await db.run(
      'INSERT INTO exchange_key_rotation (rotation_id, overlap_days, state, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
      rotationId, overlapDays, state, proposedBy, at.toISOString(),
    );
    return added === 1;
  }

  async lock(db: Db, rotationId: string): Promise<KeyRotation | undefined> {
    return db.maybe<RotationRow>(
      'SELECT rotation_id AS "rotationId", overlap_days AS "overlapDays", state, proposed_by AS "proposedBy" FROM exchange_key_rotation WHERE rotation_id = $1 FOR UPDATE', rotationId,
    );
  }

  async decide(db: Db, { rotationId, state, decidedBy }: Pick<KeyRotation, 'rotationId' | 'state'> & { readonly decidedBy: string }, at: Date): Promise<void> {
    await db.run('UPDATE exchange_key_rotation SET state = $2, decided_by = $3, decided_at = $4 WHERE rotation_id = $1', rotationId, state, decidedBy, at.toISOString());
  }
}
