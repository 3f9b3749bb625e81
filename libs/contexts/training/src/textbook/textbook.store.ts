import type { Db, Row } from '#platform';
import type { KeptFile } from '../kept-files.js';
import type { Figure, TextbookScope, TextbookState } from './textbook.js';

export interface TextbookRecord {
  readonly id: string;
  /** `agency`, or the body whose edition it is. */
  readonly owner: string;
  readonly title: string;
  readonly scope: TextbookScope;
  readonly state: TextbookState;
  readonly creditLine: string;
  readonly derivedFrom: string | null;
  /** 0 before the first one is uploaded. */
  readonly latestVersion: number;
  readonly publishedVersion: number | null;
}

const COLUMNS = `id, owner, title, scope, state, credit_line AS "creditLine", derived_from AS "derivedFrom", latest_version AS "latestVersion", published_version AS "publishedVersion"`;

export class TextbookStore {
  async find(db: Db, id: string): Promise<TextbookRecord | undefined> {
    return db.maybe<TextbookRecord & Row>(`SELECT ${COLUMNS} FROM textbook WHERE id = $1`, id);
  }

  async lock(db: Db, id: string): Promise<TextbookRecord | undefined> {
    return db.maybe<TextbookRecord & Row>(`SELECT ${COLUMNS} FROM textbook WHERE id = $1 FOR UPDATE`, id);
  }

  /** The newest first: what is published, the drafts of one owner, or with `owner` absent everything. */
  async list(db: Db, { owner, isAll, before, limit }: { readonly owner: string | undefined; readonly isAll: boolean; readonly before: string | undefined; readonly limit: number }): Promise<TextbookRecord[]> {
    return db.many<TextbookRecord & Row>(
      `SELECT ${COLUMNS} FROM textbook WHERE ($1 OR owner = $2 OR (published_version IS NOT NULL AND state <> 'WITHDRAWN')) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
      isAll, owner ?? null, before ?? null, limit,
    );
  }

  async add(db: Db, one: TextbookRecord, at: Date): Promise<void> {
    await db.run(
      'INSERT INTO textbook (id, owner, title, scope, state, credit_line, derived_from, latest_version, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)',
      one.id, one.owner, one.title, one.scope, one.state, one.creditLine, one.derivedFrom, one.latestVersion, at.toISOString(),
    );
  }

  async save(db: Db, { id, state, latestVersion, publishedVersion }: TextbookRecord, at: Date): Promise<void> {
    await db.run('UPDATE textbook SET state = $2, latest_version = $3, published_version = $4, changed_at = $5 WHERE id = $1', id, state, latestVersion, publishedVersion, at.toISOString());
  }

  async addVersion(db: Db, textbookId: string, version: number, { sha256, length, at }: KeptFile & { readonly at: Date }): Promise<void> {
    await db.run('INSERT INTO textbook_version (textbook_id, version, sha256, length, uploaded_at) VALUES ($1, $2, $3, $4, $5)', textbookId, version, sha256, length, at.toISOString());
  }

  async version(db: Db, textbookId: string, version: number): Promise<KeptFile | undefined> {
    return db.maybe<KeptFile & Row>('SELECT sha256, length FROM textbook_version WHERE textbook_id = $1 AND version = $2', textbookId, version);
  }

  /** In the place of those named before. */
  async putFigures(db: Db, textbookId: string, version: number, figures: readonly Figure[]): Promise<void> {
    await db.run('DELETE FROM textbook_figure WHERE textbook_id = $1 AND version = $2', textbookId, version);
    await db.run(
      `INSERT INTO textbook_figure (textbook_id, version, figure, right_kind, licensed_until, permission_ref)
       SELECT $1, $2, f, r, u, p FROM unnest($3::text[], $4::text[], $5::date[], $6::text[]) AS n (f, r, u, p)`,
      textbookId, version, figures.map(({ figure }) => figure), figures.map(({ right }) => right), figures.map(({ licensedUntil }) => licensedUntil), figures.map(({ permissionRef }) => permissionRef),
    );
  }

  async figures(db: Db, textbookId: string, version: number): Promise<Figure[]> {
    return db.many<Figure & Row>(
      'SELECT figure, right_kind AS "right", licensed_until AS "licensedUntil", permission_ref AS "permissionRef" FROM textbook_figure WHERE textbook_id = $1 AND version = $2 ORDER BY figure', textbookId, version,
    );
  }
}
