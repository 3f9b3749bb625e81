import { z } from 'zod';
import type { Db, Row } from '#platform';
import type { BodyRecord } from '../body/body.store.js';
import type { Correction, Reviewed } from './selection.js';
import { correction } from './selection-view.js';

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

export interface CorrectionProposal {
  readonly correction: Correction;
  readonly proposedBy: string;
}

/** A report as it was signed. */
export interface CorrectionRecord {
  readonly number: number;
  readonly report: string;
  readonly kid: string;
  readonly signature: Buffer;
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
  async correctionProposal(db: Db, sessionId: string): Promise<CorrectionProposal | undefined> {
    const row = await db.maybe<{ correction: unknown; proposedBy: string }>('SELECT correction, proposed_by AS "proposedBy" FROM selection_correction_proposal WHERE session_id = $1', sessionId);
    return row === undefined ? undefined : { correction: correction.parse(row.correction), proposedBy: row.proposedBy };
  }

  /** In the place of one before it. */
  async proposeCorrection(db: Db, sessionId: string, proposal: CorrectionProposal, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO selection_correction_proposal (session_id, correction, proposed_by, proposed_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (session_id) DO UPDATE SET correction = $2, proposed_by = $3, proposed_at = $4`,
      sessionId, JSON.stringify(proposal.correction), proposal.proposedBy, at.toISOString(),
    );
  }

  async corrections(db: Db, sessionId: string): Promise<CorrectionRecord[]> {
    return db.many<CorrectionRecord & Row>('SELECT number, report, kid, signature FROM selection_correction WHERE session_id = $1 ORDER BY number', sessionId);
  }

  /** Its proposal is done with. */
  async addCorrection(db: Db, sessionId: string, { number, report, kid, signature }: CorrectionRecord, by: { readonly proposedBy: string; readonly confirmedBy: string; readonly at: Date }): Promise<void> {
    await db.run(
      'INSERT INTO selection_correction (session_id, number, report, kid, signature, proposed_by, confirmed_by, corrected_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      sessionId, number, report, kid, signature, by.proposedBy, by.confirmedBy, by.at.toISOString(),
    );
    await db.run('DELETE FROM selection_correction_proposal WHERE session_id = $1', sessionId);
  }

  /** Bodies nobody of which came to a session since then, or has a place of one now; by code. */
  async unserved(db: Db, since: Date): Promise<Pick<BodyRecord, 'code' | 'kind' | 'population'>[]> {
    return db.many<Pick<BodyRecord, 'code' | 'kind' | 'population'> & Row>(
      `SELECT code, kind, population FROM body b WHERE NOT EXISTS (
         SELECT 1 FROM enrolment e JOIN session s ON s.id = e.session_id
         WHERE e.body_code = b.code AND s.starts_at >= $1 AND e.state IN ('OFFERED', 'ADMITTED', 'ATTENDING', 'INCOMPLETE', 'COMPLETED', 'CERTIFIED')) ORDER BY code`,
      since.toISOString(),
    );
  }
}
