import type { Db, Row } from '#platform';
import type { Dispute, DisputeState } from './dispute.js';

export interface DisputeRecord extends Dispute {
  readonly disputeId: string;
}

export class DisputeStore {
  async add(db: Db, { disputeId, kind, personKeys, state, proposedBy }: DisputeRecord, at: Date): Promise<void> {
    await db.run(
      'INSERT INTO dispute (dispute_id, kind, person_keys, state, proposed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)',
      disputeId, kind, personKeys, state, proposedBy, at.toISOString(),
    );
  }

  async lock(db: Db, disputeId: string): Promise<DisputeRecord | undefined> {
    return db.maybe<DisputeRecord & Row>(
      'SELECT dispute_id AS "disputeId", kind, person_keys AS "personKeys", state, kept, proposed_by AS "proposedBy" FROM dispute WHERE dispute_id = $1 FOR UPDATE', disputeId,
    );
  }

  async setState(db: Db, disputeId: string, step: { state: DisputeState; kept: string | null; proposedBy: string; at: Date }): Promise<void> {
    await db.run('UPDATE dispute SET state = $2, kept = $3, proposed_by = $4, changed_at = $5 WHERE dispute_id = $1', disputeId, step.state, step.kept, step.proposedBy, step.at.toISOString());
  }
}
