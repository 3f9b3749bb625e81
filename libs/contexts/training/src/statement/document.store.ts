import { createHash } from 'node:crypto';
import type { Db, Row } from '#platform';

/** STATE: of a registration's activity; PROFILE: of a learner. */
export interface DocumentKey {
  readonly kind: 'STATE' | 'PROFILE';
  readonly owner: string;
  readonly activity: string;
  readonly name: string;
}

export interface LearnerDocument {
  readonly contentType: string;
  readonly content: Buffer;
}

export interface StoredDocument extends LearnerDocument, Row {
  /** Strong entity tag with its quotation marks. */
  readonly etag: string;
  readonly updatedAt: Date;
}

const BY_KEY = 'kind = $1 AND owner = $2 AND activity = $3 AND name = $4';

export class DocumentStore {
  async find(db: Db, key: DocumentKey): Promise<StoredDocument | undefined> {
    return db.maybe<StoredDocument>(`SELECT content_type AS "contentType", content, etag, updated_at AS "updatedAt" FROM learner_document WHERE ${BY_KEY}`, ...valuesOf(key));
  }

  /** Holds the place of the document, whether there is one or not, to the end of the transaction. */
  async lock(db: Db, key: DocumentKey): Promise<StoredDocument | undefined> {
    await db.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', valuesOf(key).join('\0').replaceAll('\0', '\u001f'));
    return this.find(db, key);
  }

  async names(db: Db, { kind, owner, activity }: Omit<DocumentKey, 'name'>, since: Date | undefined): Promise<string[]> {
    const rows = await db.many<{ name: string }>(
      'SELECT name FROM learner_document WHERE kind = $1 AND owner = $2 AND activity = $3 AND ($4::timestamptz IS NULL OR updated_at > $4) ORDER BY name', kind, owner, activity, since?.toISOString() ?? null,
    );
    return rows.map(({ name }) => name);
  }

  async put(db: Db, key: DocumentKey, { contentType, content }: LearnerDocument, at: Date): Promise<void> {
    const etag = `"${createHash('sha1').update(content).digest('hex')}"`;
    await db.run(
      `INSERT INTO learner_document (kind, owner, activity, name, content_type, content, etag, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (kind, owner, activity, name) DO UPDATE SET content_type = $5, content = $6, etag = $7, updated_at = $8`,
      ...valuesOf(key), contentType, content, etag, at.toISOString(),
    );
  }

  async delete(db: Db, key: DocumentKey): Promise<void> {
    await db.run(`DELETE FROM learner_document WHERE ${BY_KEY}`, ...valuesOf(key));
  }

  /** All but those of ours. */
  async deleteAll(db: Db, { kind, owner, activity }: Omit<DocumentKey, 'name'>, kept: readonly string[]): Promise<void> {
    await db.run('DELETE FROM learner_document WHERE kind = $1 AND owner = $2 AND activity = $3 AND name <> ALL ($4)', kind, owner, activity, kept);
  }
}

function valuesOf({ kind, owner, activity, name }: DocumentKey): string[] {
  return [kind, owner, activity, name];
}
