import { z } from 'zod';
import type { Db, Row } from '#platform';
import type { DocumentContent, PolicyDocument, Subject } from './policy-document.js';

export interface DocumentRow extends PolicyDocument {
  readonly id: string;
  readonly version: string;
  readonly content: DocumentContent;
  readonly publishedAt: Date | null;
  readonly draftedAt: Date;
}

type StoredRow = Omit<DocumentRow, 'content'> & { readonly content: string } & Row;

const stored = z.object({ figures: z.record(z.string(), z.string()), sections: z.array(z.object({ number: z.string(), text: z.object({ ja: z.string(), en: z.string() }) })) });
const COLUMNS = `id, subject, version, state, content, drafted_by AS "draftedBy", reviewed_by AS "reviewedBy", approved_by AS "approvedBy", second_approved_by AS "secondApprovedBy",
  published_at AS "publishedAt", drafted_at AS "draftedAt"`;

export class DocumentStore {
  /** False when the subject has one of this version. */
  async add(db: Db, document: Pick<DocumentRow, 'id' | 'subject' | 'version' | 'content' | 'draftedBy' | 'draftedAt'>): Promise<boolean> {
    const added = await db.run(
      "INSERT INTO policy_document (id, subject, version, state, content, drafted_by, drafted_at, changed_at) VALUES ($1, $2, $3, 'DRAFT', $4, $5, $6, $6) ON CONFLICT (subject, version) DO NOTHING",
      document.id, document.subject, document.version, JSON.stringify(document.content), document.draftedBy, document.draftedAt.toISOString(),
    );
    return added === 1;
  }

  async find(db: Db, id: string): Promise<DocumentRow | undefined> {
    return opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM policy_document WHERE id = $1`, id));
  }

  async lock(db: Db, id: string): Promise<DocumentRow | undefined> {
    return opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM policy_document WHERE id = $1 FOR UPDATE`, id));
  }

  /** The one in force. */
  async published(db: Db, subject: Subject): Promise<DocumentRow | undefined> {
    return opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM policy_document WHERE subject = $1 AND state = 'PUBLISHED'`, subject));
  }

  /** The newest first; ids rise with time. */
  async list(db: Db, filter: { subject: Subject | undefined; before: string | undefined; limit: number }): Promise<DocumentRow[]> {
    const rows = await db.many<StoredRow>(
      `SELECT ${COLUMNS} FROM policy_document WHERE ($1::text IS NULL OR subject = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`, filter.subject ?? null, filter.before ?? null, filter.limit,
    );
    return rows.flatMap((row) => opened(row) ?? []);
  }

  async save(db: Db, document: DocumentRow, at: Date): Promise<void> {
    await db.run(
      `UPDATE policy_document SET state = $2, content = $3, drafted_by = $4, reviewed_by = $5, approved_by = $6, second_approved_by = $7, published_at = $8, changed_at = $9 WHERE id = $1`,
      document.id, document.state, JSON.stringify(document.content), document.draftedBy, document.reviewedBy, document.approvedBy, document.secondApprovedBy,
      document.publishedAt?.toISOString() ?? null, at.toISOString(),
    );
  }

  async supersede(db: Db, subject: Subject, at: Date): Promise<void> {
    await db.run("UPDATE policy_document SET state = 'SUPERSEDED', changed_at = $2 WHERE subject = $1 AND state = 'PUBLISHED'", subject, at.toISOString());
  }
}

function opened(row: StoredRow | undefined): DocumentRow | undefined {
  return row === undefined ? undefined : { ...row, content: stored.parse(JSON.parse(row.content)) };
}
