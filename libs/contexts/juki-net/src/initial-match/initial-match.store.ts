import { VARIANT_TABLE_VERSION } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { z } from 'zod';
import type { LineChunk } from '../notice-file/line-chunks.js';
import type { MatchState } from './initial-match.js';
import type { Outcome } from './match-tier.js';
import type { MatchRow } from './match-row.js';

export interface InitialMatch extends Row {
  readonly match_id: string;
  readonly organisation: string;
  readonly within: string;
  readonly job_id: string;
  readonly state: MatchState;
  readonly rows: number;
  readonly rejected: number;
  readonly auto: number;
  readonly review: number;
  readonly none: number;
  /** Reviewed cases that ended with a person, and with nobody. */
  readonly linked: number;
  readonly unlinked: number;
  /** Version of the table of variants that the row keys are made by; of matchings from before it was noted null. */
  readonly variant_table: string | null;
}

/** A row that was not taken in; the header is line 1. */
export interface MatchFault {
  readonly line: number;
  readonly column: string | null;
  readonly code: string;
}

/** A checked row, as it waits for the comparison. */
export interface NormalisedRow {
  readonly line: number;
  readonly row: MatchRow;
}

const SEALED_LINES = 'initial_match_chunk.lines';
const SEALED_ROWS = 'initial_match_chunk.rows';
const COLUMNS = 'match_id, organisation, within, job_id, state, rows, rejected, auto, review, none, linked, unlinked, variant_table';
const text = z.string();
/** A row as it was sealed. */
export const sealedRow = z.object({ ref: text, kana: text, kanji: text, DOB: text, sex: text, address: text, addressDate: text });
const normalised = z.array(z.object({ line: z.number(), row: sealedRow }));

export class InitialMatchStore {
  constructor(private readonly cipher: FieldCipher) {}

  async add(db: Db, match: { matchId: string; organisation: string; within: string; sha256: Buffer; jobId: string; rows: number; at: Date }): Promise<void> {
    await db.run(
      "INSERT INTO initial_match (match_id, organisation, within, sha256, job_id, state, rows, received_at, variant_table) VALUES ($1, $2, $3, $4, $5, 'LOADED', $6, $7, $8)",
      match.matchId, match.organisation, match.within, match.sha256, match.jobId, match.rows, match.at.toISOString(), VARIANT_TABLE_VERSION,
    );
  }

  /** The matching of these bytes, if the organisation sent them before; until the transaction ends nobody else registers the same ones. */
  async bySha256(db: Db, organisation: string, sha256: Buffer): Promise<InitialMatch | undefined> {
    await db.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `initial-match/${organisation}/${sha256.toString('hex')}`);
    return db.maybe<InitialMatch>(`SELECT ${COLUMNS} FROM initial_match WHERE organisation = $1 AND sha256 = $2`, organisation, sha256);
  }

  async find(db: Db, matchId: string): Promise<InitialMatch | undefined> {
    return db.maybe<InitialMatch>(`SELECT ${COLUMNS} FROM initial_match WHERE match_id = $1`, matchId);
  }

  /** The newest first, of one organisation or of all. */
  async list(db: Db, page: { organisation: string | undefined; state: MatchState | undefined; before: string | undefined; limit: number }): Promise<InitialMatch[]> {
    return db.many<InitialMatch>(
      `SELECT ${COLUMNS} FROM initial_match WHERE ($1::text IS NULL OR organisation = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR match_id < $3)
       ORDER BY match_id DESC LIMIT $4`,
      page.organisation ?? null, page.state ?? null, page.before ?? null, page.limit,
    );
  }

  async lock(db: Db, matchId: string): Promise<InitialMatch | undefined> {
    return db.maybe<InitialMatch>(`SELECT ${COLUMNS} FROM initial_match WHERE match_id = $1 FOR UPDATE`, matchId);
  }

  async setState(db: Db, matchId: string, state: MatchState): Promise<InitialMatch> {
    return db.one<InitialMatch>(`UPDATE initial_match SET state = $2 WHERE match_id = $1 RETURNING ${COLUMNS}`, matchId, state);
  }

  /** Another job takes over. */
  async requeue(db: Db, matchId: string, jobId: string): Promise<void> {
    await db.run('UPDATE initial_match SET job_id = $2 WHERE match_id = $1', matchId, jobId);
  }

  /** Adds the outcomes of a step. */
  async count(db: Db, matchId: string, added: Readonly<Record<Outcome, number>> & { readonly rejected: number }): Promise<void> {
    await db.run(
      'UPDATE initial_match SET rejected = rejected + $2, auto = auto + $3, review = review + $4, none = none + $5 WHERE match_id = $1',
      matchId, added.rejected, added.AUTO, added.REVIEW, added.NONE,
    );
  }

  /** A reviewed case has ended. */
  async settle(db: Db, matchId: string, linked: boolean): Promise<void> {
    await db.run('UPDATE initial_match SET linked = linked + $2::int, unlinked = unlinked + 1 - $2::int WHERE match_id = $1', matchId, linked ? 1 : 0);
  }

  async addChunk(db: Db, at: { matchId: string; chunk: number; now: Date }, { firstLine, lines }: LineChunk): Promise<void> {
    await db.run(
      'INSERT INTO initial_match_chunk (match_id, chunk, first_line, sealed, received_at) VALUES ($1, $2, $3, $4, $5)',
      at.matchId, at.chunk, firstLine, this.cipher.encrypt(SEALED_LINES, lines.join('\n')), at.now.toISOString(),
    );
  }

  /** Lines as they came. */
  async lines(db: Db, matchId: string, chunk: number): Promise<LineChunk | undefined> {
    const row = await db.maybe<{ first_line: number; sealed: Buffer }>('SELECT first_line, sealed FROM initial_match_chunk WHERE match_id = $1 AND chunk = $2 AND NOT normalised', matchId, chunk);
    return row === undefined ? undefined : { firstLine: row.first_line, lines: this.cipher.decrypt(SEALED_LINES, row.sealed).split('\n') };
  }

  async normalise(db: Db, matchId: string, chunk: number, rows: readonly NormalisedRow[]): Promise<void> {
    await db.run('UPDATE initial_match_chunk SET normalised = true, sealed = $3 WHERE match_id = $1 AND chunk = $2', matchId, chunk, this.cipher.encrypt(SEALED_ROWS, JSON.stringify(rows)));
  }

  async rows(db: Db, matchId: string, chunk: number): Promise<readonly NormalisedRow[] | undefined> {
    const row = await db.maybe<{ sealed: Buffer }>('SELECT sealed FROM initial_match_chunk WHERE match_id = $1 AND chunk = $2 AND normalised', matchId, chunk);
    return row === undefined ? undefined : normalised.parse(JSON.parse(this.cipher.decrypt(SEALED_ROWS, row.sealed)));
  }

  /** The first chunk that a phase has not worked on; 0 when there is none. */
  async firstChunk(db: Db, matchId: string, afterNormalising: boolean): Promise<number> {
    const { chunk } = await db.one<{ chunk: number }>('SELECT coalesce(min(chunk), 0) AS chunk FROM initial_match_chunk WHERE match_id = $1 AND normalised = $2', matchId, afterNormalising);
    return chunk;
  }

  async dropChunk(db: Db, matchId: string, chunk: number): Promise<void> {
    await db.run('DELETE FROM initial_match_chunk WHERE match_id = $1 AND chunk = $2', matchId, chunk);
  }

  async dropChunks(db: Db, matchId: string): Promise<void> {
    await db.run('DELETE FROM initial_match_chunk WHERE match_id = $1', matchId);
  }

  /** Chunks of uploads that broke off and never became a matching. */
  async dropOrphans(db: Db, receivedBefore: Date): Promise<void> {
    await db.run('DELETE FROM initial_match_chunk c WHERE c.received_at < $1 AND NOT EXISTS (SELECT 1 FROM initial_match m WHERE m.match_id = c.match_id)', receivedBefore.toISOString());
  }

  async addFaults(db: Db, matchId: string, faults: readonly MatchFault[]): Promise<void> {
    if (faults.length > 0) await db.copyIn('initial_match_fault(match_id, line, "column", code)', faults.map((fault) => [matchId, fault.line, fault.column, fault.code]));
  }

  async faults(db: Db, matchId: string, page: { after: number; limit: number }): Promise<MatchFault[]> {
    return db.many<MatchFault & Row>('SELECT line, "column", code FROM initial_match_fault WHERE match_id = $1 AND line > $2 ORDER BY line LIMIT $3', matchId, page.after, page.limit);
  }
}
