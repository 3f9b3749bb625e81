import { z } from 'zod';
import type { Db, Row } from '#platform';
import type { Reviewed } from './selection.js';

/** What was published before the window opened. */
export interface Commitment {
  readonly commit: string;
  readonly priorityBodies: readonly string[];
  readonly committedAt: Date;
}

export interface Proposal {
  readonly reviewed: Reviewed;
  readonly proposedBy: string;
}

const ids = z.array(z.uuid());
const reviewed = z.object({ admitted: ids, waiting: ids, rejected: ids });

export class SelectionStore {
  async commitment(db: Db, sessionId: string): Promise<Commitment | undefined> {
    return db.maybe<Commitment & Row>('SELECT commit_sha256 AS commit, priority_bodies AS "priorityBodies", committed_at AS "committedAt" FROM lottery_commit WHERE session_id = $1', sessionId);
  }

  /** False when there is one. */
  async commit(db: Db, sessionId: string, { commit, priorityBodies, committedAt }: Commitment, by: string): Promise<boolean> {
    const added = await db.run(
      'INSERT INTO lottery_commit (session_id, commit_sha256, priority_bodies, committed_by, committed_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
      sessionId, commit, priorityBodies, by, committedAt.toISOString(),
    );
    return added === 1;
  }

  async proposal(db: Db, sessionId: string): Promise<Proposal | undefined> {
    const row = await db.maybe<{ reviewed: unknown; proposedBy: string }>('SELECT reviewed, proposed_by AS "proposedBy" FROM selection_proposal WHERE session_id = $1', sessionId);
    return row === undefined ? undefined : { reviewed: reviewed.parse(row.reviewed), proposedBy: row.proposedBy };
  }

  /** In the place of one before it. */
  async propose(db: Db, sessionId: string, proposal: Proposal, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO selection_proposal (session_id, reviewed, proposed_by, proposed_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (session_id) DO UPDATE SET reviewed = $2, proposed_by = $3, proposed_at = $4`,
      sessionId, JSON.stringify(proposal.reviewed), proposal.proposedBy, at.toISOString(),
    );
  }

  /** What was published of a selection, as JSON. */
  async result(db: Db, sessionId: string): Promise<string | undefined> {
    return (await db.maybe<{ published: string }>('SELECT published FROM selection_result WHERE session_id = $1', sessionId))?.published;
  }

  async addResult(db: Db, sessionId: string, result: { readonly kind: string; readonly published: string; readonly by: string; readonly at: Date }): Promise<void> {
    await db.run(
      'INSERT INTO selection_result (session_id, kind, published, selected_by, selected_at) VALUES ($1, $2, $3, $4, $5)',
      sessionId, result.kind, result.published, result.by, result.at.toISOString(),
    );
  }
}
