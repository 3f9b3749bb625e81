import { createHash } from 'node:crypto';
import type { Database } from '../pg/database.js';
import type { Db, Row } from '../pg/db.js';

/** h0 of every chain. */
const CHAIN_START = createHash('sha256').update('kiban:audit:v3').digest();

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

/** Stands for the `lines` that follow those of the link before, up to the line at `place` with `line_id`. */
interface Link extends Row {
  readonly seq: number;
  readonly lines: number;
  readonly place: string;
  readonly line_id: string;
  readonly hash: Buffer;
}

const BEFORE_ALL: Link = { seq: 0, lines: 0, hash: CHAIN_START, place: '0', line_id: '00000000-0000-0000-0000-000000000000' };
const LINE_COLUMNS = 'at, id, xid::text AS place, entry';
const LINK_COLUMNS = 'seq, lines, xid::text AS place, line_id, hash';
const AFTER = '(xid, id) > ($1::xid8, $2::uuid)';

/**
 * h_n = SHA-256 of lines of text, each with a line feed at its end: h_{n-1} in hexadecimal, n, the number of lines, and for each
 * line its id, its instant, and its entry as it is kept.
 */
function nextHash(previous: Link, lines: readonly Line[]): Buffer {
  const head = `${previous.hash.toString('hex')}\n${previous.seq + 1}\n${lines.length}\n`;
  return createHash('sha256').update(lines.reduce((text, { id, at, entry }) => `${text}${id}\n${at.toISOString()}\n${entry}\n`, head)).digest();
}

/**
 * Appends a link for the lines that no open transaction can still precede, in the order (xid, id). One sealer at a time per
 * schema. Returns how many lines were sealed; fewer than a chunk means that the chain is up to date.
 */
export async function sealAuditLines(database: Database): Promise<number> {
  // In the order of the index: without one, the planner reads the table from its beginning to the new lines at its end.
  const waiting = await database.db.maybe(
    `SELECT 1 FROM (VALUES ($1::xid8, $2::uuid)) AS start (xid, line_id) LEFT JOIN (SELECT xid, line_id FROM audit_link ORDER BY seq DESC LIMIT 1) AS head ON true
     CROSS JOIN LATERAL (SELECT 1 FROM audit_line WHERE (xid, id) > (coalesce(head.xid, start.xid), coalesce(head.line_id, start.line_id)) ORDER BY xid, id LIMIT 1) AS line`,
    BEFORE_ALL.place, BEFORE_ALL.line_id);
  if (waiting === undefined) return 0;
  return database.transaction(async (db) => {
    const lock = await db.one<{ held: boolean }>("SELECT pg_try_advisory_xact_lock($1, hashtext(current_schema())) AS held", SEALER_LOCK);
    if (!lock.held) return 0;
    const head = await chainHead(db);
    const lines = await db.many<Line>(
      `SELECT ${LINE_COLUMNS} FROM audit_line WHERE ${AFTER} AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT ${SEAL_CHUNK}`,
      head.place,
      head.line_id,
    );
    const last = lines.at(-1);
    if (last === undefined) return 0;
    await db.run('INSERT INTO audit_link (seq, lines, xid, line_id, hash) VALUES ($1, $2, $3::xid8, $4, $5)', head.seq + 1, lines.length, last.place, last.id, nextHash(head, lines));
    return lines.length;
  });
}

async function chainHead(db: Db): Promise<Link> {
  return (await db.maybe<Link>(`SELECT ${LINK_COLUMNS} FROM audit_link ORDER BY seq DESC LIMIT 1`)) ?? BEFORE_ALL;
}

export type ChainFault = 'LINE_MISSING' | 'LINE_UNSEALED' | 'HASH_DIFFERS' | 'SEQ_GAP';

/** What a verification found: the first link whose lines are not those that were sealed, if any. */
export interface ChainReport {
  readonly whole: boolean;
  readonly lines: number;
  readonly unsealed: number;
  readonly head: string;
  readonly fault?: { readonly seq: number; readonly kind: ChainFault };
}

/** Recomputes the whole chain from its start: a removed, changed or inserted line is found in its link. */
export async function verifyAuditChain(db: Db): Promise<ChainReport> {
  let last = BEFORE_ALL;
  for (let verified = 0; ; ) {
    const links = await nextLinks(db, last);
    const end = links.at(-1);
    if (end === undefined) return report(db, verified, last);
    const lines = await db.many<Line>(
      `SELECT ${LINE_COLUMNS} FROM audit_line WHERE ${AFTER} AND (xid, id) <= ($3::xid8, $4::uuid) ORDER BY xid, id LIMIT ${countOf(links) + 1}`,
      last.place, last.line_id, end.place, end.line_id,
    );
    for (const link of links) {
      const next = lines.findIndex((line) => !isUpTo(line, link));
      const own = lines.splice(0, next === -1 ? lines.length : next);
      const fault = linkFault(last, link, own);
      if (fault !== undefined) return report(db, verified, last, { seq: link.seq, kind: fault });
      verified += link.lines;
      last = link;
    }
  }
}

/** Links of about a chunk of lines. */
async function nextLinks(db: Db, last: Link): Promise<Link[]> {
  const links = await db.many<Link>(`SELECT ${LINK_COLUMNS} FROM audit_link WHERE seq > $1 ORDER BY seq LIMIT ${SEAL_CHUNK}`, last.seq);
  while (links.length > 1 && countOf(links) > SEAL_CHUNK) links.pop();
  return links;
}

function countOf(links: readonly Link[]): number {
  return links.reduce((sum, { lines }) => sum + lines, 0);
}

/** Lines of one transaction stand in the order of their ids, which as text is that of their bytes. */
function isUpTo(line: Line, { place, line_id: id }: Link): boolean {
  const [own, end] = [BigInt(line.place), BigInt(place)];
  return own < end || (own === end && line.id <= id);
}

function linkFault(previous: Link, link: Link, lines: readonly Line[]): ChainFault | undefined {
  if (link.seq !== previous.seq + 1) return 'SEQ_GAP';
  if (lines.length !== link.lines) return lines.length < link.lines ? 'LINE_MISSING' : 'LINE_UNSEALED';
  return nextHash(previous, lines).equals(link.hash) ? undefined : 'HASH_DIFFERS';
}

async function report(db: Db, lines: number, { hash }: Link, fault?: NonNullable<ChainReport['fault']>): Promise<ChainReport> {
  return { whole: fault === undefined, lines, unsealed: await countUnsealed(db), head: hash.toString('hex'), ...(fault === undefined ? {} : { fault }) };
}

/** Lines written but not yet in the chain. */
export async function countUnsealed(db: Db): Promise<number> {
  const { place, line_id: id } = await chainHead(db);
  const { count } = await db.one<{ count: number }>(`SELECT count(*) AS count FROM audit_line WHERE ${AFTER}`, place, id);
  return count;
}
