import { z } from 'zod';
import { uuidv7, type Db, type FieldCipher, type Row } from '#platform';
import { learnerText, type DigestLine, type LearnerMessage, type LearnerNews, type MessageKind, type MessageText, type Recipient } from './message.js';

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

export interface MessageRecord extends MessageText {
  readonly id: string;
  readonly recipient: Recipient;
  readonly kind: MessageKind;
  readonly bodyCode: string;
  /** None where the body gave none. */
  readonly address: string | null;
  readonly createdAt: Date;
  readonly takenAt: Date | null;
}

const news = z.object({
  learnerName: z.string(), courseTitle: z.string(), sessionNumber: z.number().optional(), venue: z.string().optional(), startsAt: z.string().optional(),
  answerBy: z.string().optional(), waitingRank: z.number().optional(), certificateNo: z.string().optional(), prework: z.array(z.string()).optional(),
});
const text = z.object({ subject: z.string(), text: z.string() });

type SealedRow = Omit<MessageRecord, 'address' | keyof MessageText> & { readonly address: Buffer | null; readonly content: Buffer } & Row;

const ADDRESS = 'message.address';
const CONTENT = 'message.content';
const COLUMNS = 'id, recipient, kind, body_code AS "bodyCode", address, content, created_at AS "createdAt", taken_at AS "takenAt"';

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

  /** `reference`: the occasion. Where the coordinator has no address it can be read by the body alone. */
  async addDigest(db: Db, digest: MessageText & { readonly bodyCode: string; readonly reference: string; readonly address: string | undefined }, at: Date): Promise<void> {
    const { bodyCode, reference, address, subject, text: body } = digest;
    await db.run(
      `INSERT INTO message (id, recipient, kind, body_code, reference, address, content, created_at) VALUES ($1, 'COORDINATOR', 'DIGEST', $2, $3, $4, $5, $6)`,
      uuidv7(), bodyCode, `${bodyCode}:${reference}`, address === undefined ? null : this.cipher.encrypt(ADDRESS, address), this.cipher.encrypt(CONTENT, JSON.stringify({ subject, text: body })), at.toISOString(),
    );
  }

  /** The newest first; ids rise with time. */
  async ofBody(db: Db, bodyCode: string, page: { readonly before: string | undefined; readonly limit: number }): Promise<MessageRecord[]> {
    const rows = await db.many<SealedRow>(`SELECT ${COLUMNS} FROM message WHERE body_code = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`, bodyCode, page.before ?? null, page.limit);
    return rows.map((row) => this.opened(row));
  }

  /** Those that nobody has taken, the oldest first. */
  async waiting(db: Db, after: string | undefined, limit: number): Promise<MessageRecord[]> {
    const rows = await db.many<SealedRow>(
      `SELECT ${COLUMNS} FROM message WHERE taken_at IS NULL AND address IS NOT NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`, after ?? null, limit,
    );
    return rows.map((row) => this.opened(row));
  }

  /** How many were taken just now. */
  async take(db: Db, ids: readonly string[], at: Date): Promise<number> {
    return db.run('UPDATE message SET taken_at = $2 WHERE id = ANY ($1) AND taken_at IS NULL', ids, at.toISOString());
  }

  /** Bodies whose coordinators have not been told of messages to their learners. */
  async bodiesToDigest(db: Db): Promise<string[]> {
    const rows = await db.many<{ code: string }>("SELECT DISTINCT body_code AS code FROM message WHERE recipient = 'LEARNER' AND digested_at IS NULL ORDER BY 1");
    return rows.map(({ code }) => code);
  }

  /** What the coordinator of the body has not been told; from now on he has. */
  async digest(db: Db, bodyCode: string, at: Date): Promise<DigestLine[]> {
    const rows = await db.many<{ id: string; kind: LearnerMessage; content: Buffer }>(
      "UPDATE message SET digested_at = $2 WHERE body_code = $1 AND recipient = 'LEARNER' AND digested_at IS NULL RETURNING id, kind, content", bodyCode, at.toISOString(),
    );
    const inOrder = rows.sort((a, b) => (a.id < b.id ? -1 : 1));
    return inOrder.map(({ kind, content }) => ({ kind, news: news.parse(this.open(content)) }));
  }

  private opened({ content, address, ...row }: SealedRow): MessageRecord {
    const opened = this.open(content);
    const said = row.kind === 'DIGEST' ? text.parse(opened) : learnerText(row.kind, news.parse(opened));
    return { ...row, ...said, address: address === null ? null : this.cipher.decrypt(ADDRESS, address) };
  }

  private open(content: Buffer): unknown {
    return JSON.parse(this.cipher.decrypt(CONTENT, content));
  }
}
