import { createHash } from 'node:crypto';
import type { Database } from '../pg/database.js';
import type { Db, Row } from '../pg/db.js';

/** h0 of every chain. */
const CHAIN_START = createHash('sha256').update('kiban:audit:v2').digest();

/** Lines that are sealed at a time. */
export const SEAL_CHUNK = 2_000;
const SEALER_LOCK = 7_302_101;

/** `place`: the transaction id as text, for which JavaScript has no number. Not named like its column, or ORDER BY would sort the text. */
interface Line extends Row {
  readonly at: Date;
  readonly id: string;
  readonly place: string;
  readonly entry: string;
}

interface Link extends Row {
  readonly seq: number;
  readonly hash: Buffer;
  readonly place: string;
  readonly line_id: string;
}

const BEFORE_ALL: Link = { seq: 0, hash: CHAIN_START, place: '0', line_id: '00000000-0000-0000-0000-000000000000' };
const LINE_COLUMNS = 'at, id, xid::text AS place, entry';
const LINK_COLUMNS = 'seq, hash, xid::text AS place, line_id';
const AFTER = '(xid, id) > ($1::xid8, $2::uuid)';

/** h_n = SHA-256 of five lines of text: h_{n-1} in hexadecimal, n, the line's id, its instant, and its entry as it is kept. */
function nextHash(previous: Link, { id, at, entry }: Line): Buffer {
  return createHash('sha256').update(`${previous.hash.toString('hex')}\n${previous.seq + 1}\n${id}\n${at.toISOString()}\n${entry}`).digest();
}

/**
 * Appends the lines that no open transaction can still precede to the hash chain, in the order (xid, id). One sealer at a
 * time per schema. Returns how many were sealed; fewer than a chunk means that the chain is up to date.
 */
export async function sealAuditLines(database: Database): Promise<number> {
  if (!(await isLineWaiting(database.db))) return 0;
  return database.transaction(async (db) => {
    const lock = await db.one<{ held: boolean }>("SELECT pg_try_advisory_xact_lock($1, hashtext(current_schema())) AS held", SEALER_LOCK);
    if (!lock.held) return 0;
    const head = await chainHead(db);
    const lines = await db.many<Line>(
      `SELECT ${LINE_COLUMNS} FROM audit_line WHERE ${AFTER} AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT ${SEAL_CHUNK}`,
      head.place,
      head.line_id,
    );
    await appendToChain(db, head, lines);
    return lines.length;
  });
}

async function chainHead(db: Db): Promise<Link> {
  return (await db.maybe<Link>(`SELECT ${LINK_COLUMNS} FROM audit_chain ORDER BY seq DESC LIMIT 1`)) ?? BEFORE_ALL;
}

async function isLineWaiting(db: Db): Promise<boolean> {
  const { place, line_id: id } = await chainHead(db);
  return (await db.maybe(`SELECT 1 FROM audit_line WHERE ${AFTER} LIMIT 1`, place, id)) !== undefined;
}

async function appendToChain(db: Db, head: Link, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return;
  const links: Link[] = [];
  let last = head;
  for (const line of lines) {
    last = { seq: last.seq + 1, hash: nextHash(last, line), place: line.place, line_id: line.id };
    links.push(last);
  }
  await db.run(
    `INSERT INTO audit_chain (seq, line_at, line_id, xid, hash)
     SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::xid8[], $5::bytea[])`,
    links.map((link) => link.seq),
    lines.map((line) => line.at.toISOString()),
    links.map((link) => link.line_id),
    links.map((link) => link.place),
    links.map((link) => link.hash),
  );
}

export type ChainFault = 'LINE_MISSING' | 'LINE_UNSEALED' | 'HASH_DIFFERS' | 'SEQ_GAP';

/** What a verification found: the first place where the chain breaks, if any. */
export interface ChainReport {
  readonly whole: boolean;
  readonly lines: number;
  readonly unsealed: number;
  readonly head: string;
  readonly fault?: { readonly seq: number; readonly kind: ChainFault };
}

/** Recomputes the whole chain from its start: a removed, changed or inserted line is found at its sequence number. */
export async function verifyAuditChain(db: Db): Promise<ChainReport> {
  let last = BEFORE_ALL;
  for (;;) {
    const links = await db.many<Link>(`SELECT ${LINK_COLUMNS} FROM audit_chain WHERE seq > $1 ORDER BY seq LIMIT ${SEAL_CHUNK}`, last.seq);
    const end = links.at(-1);
    if (end === undefined) return report(db, last);
    const lines = await db.many<Line>(
      `SELECT ${LINE_COLUMNS} FROM audit_line WHERE ${AFTER} AND (xid, id) <= ($3::xid8, $4::uuid) ORDER BY xid, id LIMIT ${SEAL_CHUNK + 1}`,
      last.place, last.line_id, end.place, end.line_id,
    );
    for (const [index, link] of links.entries()) {
      const fault = linkFault(last, link, lines, index);
      if (fault !== undefined) return report(db, last, { seq: link.seq, kind: fault });
      last = link;
    }
  }
}

/** `lines` are those of the chunk in the order of the chain, so that each link must find its own at its `index`. */
function linkFault(previous: Link, link: Link, lines: readonly Line[], index: number): ChainFault | undefined {
  if (link.seq !== previous.seq + 1) return 'SEQ_GAP';
  const line = lines[index];
  if (line?.id !== link.line_id) return lines.some(({ id }) => id === link.line_id) ? 'LINE_UNSEALED' : 'LINE_MISSING';
  return nextHash(previous, line).equals(link.hash) ? undefined : 'HASH_DIFFERS';
}

async function report(db: Db, { seq, hash }: Link, fault?: NonNullable<ChainReport['fault']>): Promise<ChainReport> {
  return { whole: fault === undefined, lines: seq, unsealed: await countUnsealed(db), head: hash.toString('hex'), ...(fault === undefined ? {} : { fault }) };
}

/** Lines written but not yet in the chain. */
export async function countUnsealed(db: Db): Promise<number> {
  const { place, line_id: id } = await chainHead(db);
  const { count } = await db.one<{ count: number }>(`SELECT count(*) AS count FROM audit_line WHERE ${AFTER}`, place, id);
  return count;
}
