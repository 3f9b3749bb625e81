import { uuidv7, type Db, type FieldCipher } from '#platform';
import type { LearnerMessage, LearnerNews } from './message.js';

/** A message to a learner, as whoever has news for him writes it. */
export interface LearnerMessageDraft {
  readonly kind: LearnerMessage;
  readonly bodyCode: string;
  /** What it is about, such as the enrolment: of one kind a learner is told once for each. */
  readonly reference: string;
  readonly sessionId: string | null;
  /** Mail address of the learner. */
  readonly address: string;
  readonly news: LearnerNews;
}

const ADDRESS = 'message.address';
const CONTENT = 'message.content';

/** Messages that wait for a mail gateway; names and addresses are encrypted (TRN-4.13). */
export class MessageStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** False when the learner was told already. */
  async addForLearner(db: Db, draft: LearnerMessageDraft, at: Date): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO message (id, recipient, kind, body_code, reference, session_id, address, content, created_at) VALUES ($1, 'LEARNER', $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (recipient, kind, reference) DO NOTHING`,
      uuidv7(), draft.kind, draft.bodyCode, draft.reference, draft.sessionId, this.cipher.encrypt(ADDRESS, draft.address),
      this.cipher.encrypt(CONTENT, JSON.stringify(draft.news)), at.toISOString(),
    );
    return added === 1;
  }
}
