import { createHash } from 'node:crypto';
import type { Database } from '../pg/database.js';
import type { Db, Row } from '../pg/db.js';
import { canonicalJson } from './audit-line.js';

/** h0 of every chain. */
export const CHAIN_START = createHash('sha256').update('kiban:audit:v1').digest();

const CHUNK = 2_000;
const SEALER_LOCK = 7_302_101;

interface Line extends Row {
  readonly at: Date;
  readonly id: string;
  readonly xid: string;
  readonly entry: string;
}

interface Head extends Row {
  readonly seq: number;
  readonly hash: Buffer;
  readonly xid: string;
  readonly line_id: string;
}

/** h_n = SHA-256(h_{n-1} ‖ JCS(entry with its seq, id and instant)). */
export function nextHash(previous: Buffer, entry: Readonly<Record<string, unknown>>): Buffer {
  return createHash('sha256').update(previous).update(canonicalJson(entry)).digest();
}

function sealedEntry(seq: number, line: Line): Record<string, unknown> {
  const entry: unknown = JSON.parse(line.entry);
  return { ...(typeof entry === 'object' ? entry : {}), seq, id: line.id, at: line.at.toISOString() };
}

/**
 * Appends the lines that no open transaction can still precede to the hash chain, in the order (xid, id). One sealer at a
 * time per schema. Returns how many were sealed; fewer than a chunk means that the chain is up to date.
 */
export async function sealAuditLines(database: Database): Promise<number> {
  return database.transaction(async (db) => {
    const lock = await db.one<{ held: boolean }>("SELECT pg_try_advisory_xact_lock($1, hashtext(current_schema())) AS held", SEALER_LOCK);
    if (!lock.held) return 0;
    const head = await db.maybe<Head>('SELECT seq, hash, xid::text, line_id FROM audit_chain ORDER BY seq DESC LIMIT 1');
    const lines = await db.many<Line>(
      `SELECT at, id, xid::text, entry FROM audit_line
       WHERE (xid, id) > ($1::xid8, $2::uuid) AND xid < pg_snapshot_xmin(pg_current_snapshot())
       ORDER BY xid, id LIMIT ${CHUNK}`,
      head?.xid ?? '0',
      head?.line_id ?? '00000000-0000-0000-0000-000000000000',
    );
    await appendToChain(db, head, lines);
    return lines.length;
  });
}

async function appendToChain(db: Db, head: Head | undefined, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return;
  let seq = head?.seq ?? 0;
  let hash = head?.hash ?? CHAIN_START;
  const links = lines.map((line) => {
    seq += 1;
    hash = nextHash(hash, sealedEntry(seq, line));
    return { seq, line, hash };
  });
  await db.run(
    `INSERT INTO audit_chain (seq, line_at, line_id, xid, hash)
     SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::xid8[], $5::bytea[])`,
    links.map((link) => link.seq),
    links.map((link) => link.line.at.toISOString()),
    links.map((link) => link.line.id),
    links.map((link) => link.line.xid),
    links.map((link) => link.hash),
  );
}

/** What a verification found: the first place where the chain breaks, if any. */
export interface ChainReport {
  readonly whole: boolean;
  readonly lines: number;
  readonly unsealed: number;
  readonly head: string;
  readonly fault?: { readonly seq: number; readonly kind: 'LINE_MISSING' | 'HASH_DIFFERS' | 'SEQ_GAP' };
}

interface Link extends Line {
  readonly seq: number;
  readonly hash: Buffer;
  readonly found: boolean;
}

/** Recomputes the whole chain from its start: a removed, changed or inserted line is found at its sequence number. */
export async function verifyAuditChain(db: Db): Promise<ChainReport> {
  let seq = 0;
  let hash: Buffer = CHAIN_START;
  for (;;) {
    const links = await db.many<Link>(
      `SELECT c.seq, c.hash, c.line_id AS id, c.line_at AS at, c.xid::text, l.entry, l.id IS NOT NULL AS found
       FROM audit_chain c LEFT JOIN audit_line l ON l.at = c.line_at AND l.id = c.line_id
       WHERE c.seq > $1 ORDER BY c.seq LIMIT ${CHUNK}`,
      seq,
    );
    for (const link of links) {
      const fault = linkFault(link, seq, hash);
      if (fault !== undefined) return report(db, seq, hash, { seq: link.seq, kind: fault });
      seq = link.seq;
      hash = link.hash;
    }
    if (links.length < CHUNK) return report(db, seq, hash);
  }
}

function linkFault(link: Link, seq: number, hash: Buffer): 'LINE_MISSING' | 'HASH_DIFFERS' | 'SEQ_GAP' | undefined {
  if (link.seq !== seq + 1) return 'SEQ_GAP';
  if (!link.found) return 'LINE_MISSING';
  return nextHash(hash, sealedEntry(link.seq, link)).equals(link.hash) ? undefined : 'HASH_DIFFERS';
}

async function report(db: Db, lines: number, head: Buffer, fault?: NonNullable<ChainReport['fault']>): Promise<ChainReport> {
  return { whole: fault === undefined, lines, unsealed: await countUnsealed(db), head: head.toString('hex'), ...(fault === undefined ? {} : { fault }) };
}

/** Lines written but not yet in the chain. */
export async function countUnsealed(db: Db): Promise<number> {
  const row = await db.one<{ count: number }>(
    `SELECT count(*) AS count FROM audit_line
     WHERE (xid, id) > (SELECT xid, line_id FROM audit_chain ORDER BY seq DESC LIMIT 1) OR NOT EXISTS (SELECT 1 FROM audit_chain)`,
  );
  return row.count;
}
