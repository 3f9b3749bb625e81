import { type LocalDate, ResidentCode } from '#kernel';
import type { Db, FieldCipher } from '#platform';
import { codeKey } from '../resident/resident.store.js';
import { type CodeState, statesBefore } from './code-block.js';
import type { CodeBlock } from './code-block.store.js';

/** A code that its municipality may still write. */
export interface UnusedCode {
  readonly position: number;
  readonly residentCode: string;
}

/** A code that somebody wants to write, and the municipality whose block it must be of. */
export interface HeldCode {
  readonly index: Buffer;
  readonly holder: string;
}

const COLUMN = 'allocated_code.sealed';

/** Key of a code and its holder as the sets of one intake use it. */
export function heldKey({ index, holder }: HeldCode): string {
  return `${holder}/${codeKey(index)}`;
}

/** Codes that have left the pool. Rows are locked in the order of their index everywhere. */
export class AllocatedCodeStore {
  constructor(private readonly cipher: FieldCipher) {}

  codeIndex(residentCode: string): Buffer {
    return this.cipher.blindIndex('resident-code', residentCode);
  }

  /** Stores codes of these bodies for a block; answers how many. A code that somebody has, from whatever source, is left out. */
  async add(db: Db, block: CodeBlock, codes: readonly { readonly body: string; readonly position: number }[]): Promise<number> {
    const texts = codes.map(({ body }) => ResidentCode.fromBody(body).reveal());
    return db.run(
      `INSERT INTO allocated_code (code_index, block_id, position, municipality_code, sealed, state)
       SELECT made.code_index, $1, made.position, $2, made.sealed, 'ALLOCATED' FROM unnest($3::bytea[], $4::int[], $5::bytea[]) AS made (code_index, position, sealed)
       WHERE NOT EXISTS (SELECT FROM resident_code c WHERE c.code_index = made.code_index) ON CONFLICT DO NOTHING`,
      block.blockId, block.municipalityCode, texts.map((text) => this.codeIndex(text)), codes.map(({ position }) => position), texts.map((text) => this.cipher.encrypt(COLUMN, text)),
    );
  }

  /** Those of the codes that their holders have not written yet, by `heldKey`; locked, so that none is withdrawn meanwhile. */
  async lockFree(db: Db, codes: readonly HeldCode[]): Promise<Set<string>> {
    if (codes.length === 0) return new Set();
    const sorted = [...codes].sort((a, b) => a.index.compare(b.index));
    const rows = await db.many<{ code_index: Buffer; municipality_code: string }>(
      `SELECT found.* FROM unnest($1::bytea[], $2::text[]) AS asked (code_index, holder) CROSS JOIN LATERAL (
         SELECT c.code_index, c.municipality_code FROM allocated_code c
         WHERE c.code_index = asked.code_index AND c.municipality_code = asked.holder AND c.state = 'ALLOCATED' FOR UPDATE) AS found`,
      sorted.map(({ index }) => index), sorted.map(({ holder }) => holder),
    );
    return new Set(rows.map((row) => heldKey({ index: row.code_index, holder: row.municipality_code })));
  }

  async isWrittenOf(db: Db, index: Buffer, holder: string): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM allocated_code WHERE code_index = $1 AND municipality_code = $2 AND state = 'WRITTEN'", index, holder)) !== undefined;
  }

  /** Moves codes to a state, those whose present state allows it; answers how many. Codes of no block are left alone. */
  async move(db: Db, indexes: readonly Buffer[], state: CodeState, day: LocalDate): Promise<number> {
    if (indexes.length === 0) return 0;
    return db.run(
      `UPDATE allocated_code c SET state = $2, written_on = CASE WHEN $2 = 'WRITTEN' THEN coalesce(c.written_on, $3::date) ELSE c.written_on END
       FROM unnest($1::bytea[]) AS moved (code_index) WHERE c.code_index = moved.code_index AND c.state = ANY($4::text[])`,
      [...indexes].sort((a, b) => a.compare(b)), state, day, statesBefore(state),
    );
  }

  /** Withdraws what is unused of a block; answers how many. */
  async withdraw(db: Db, blockId: string): Promise<number> {
    return db.run(
      `WITH unused AS MATERIALIZED (SELECT code_index FROM allocated_code WHERE block_id = $1 AND state = ANY($2::text[]) ORDER BY code_index FOR UPDATE)
       UPDATE allocated_code c SET state = 'WITHDRAWN' FROM unused WHERE c.code_index = unused.code_index`,
      blockId, statesBefore('WITHDRAWN'),
    );
  }

  async countByState(db: Db, blockId: string): Promise<Record<string, number>> {
    const rows = await db.many<{ state: CodeState; codes: number }>('SELECT state, count(*) AS codes FROM allocated_code WHERE block_id = $1 GROUP BY state', blockId);
    return Object.fromEntries(rows.map(({ state, codes }) => [state, codes]));
  }

  async unused(db: Db, blockId: string, page: { readonly after: number; readonly limit: number }): Promise<UnusedCode[]> {
    const rows = await db.many<{ position: number; sealed: Buffer }>(
      "SELECT position, sealed FROM allocated_code WHERE block_id = $1 AND state = 'ALLOCATED' AND position > $2 ORDER BY position LIMIT $3",
      blockId, page.after, page.limit,
    );
    return rows.map(({ position, sealed }) => ({ position, residentCode: this.cipher.decrypt(COLUMN, sealed) }));
  }
}
