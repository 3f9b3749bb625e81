import { jukiNetProblems } from '#contracts/juki-net';
import { type LocalDate, toLocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { type Closure, NATIONAL, noticeFault, type Server, serverOf, type ServerState } from './server.js';

export interface KeptState {
  readonly server: Server;
  readonly state: ServerState;
  readonly since: Date;
  readonly note: string;
  /** How often the server was closed or opened. */
  readonly changes: number;
}

/** A closure takes hold of inquiries everywhere within this time; of notices at once. */
const CACHED_MS = 1_000;

export class ServerStore {
  private known: { readonly closures: Promise<readonly Closure[]>; readonly until: number } | undefined;

  async all(db: Db): Promise<KeptState[]> {
    return db.many<KeptState & Row>('SELECT server, state, since, note, changes FROM server_state');
  }

  /** The row of a server, locked; a server that never was closed gets none by a mere look. */
  async lock(db: Db, server: Server): Promise<KeptState | undefined> {
    await db.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `server/${server}`);
    return db.maybe<KeptState & Row>('SELECT server, state, since, note, changes FROM server_state WHERE server = $1', server);
  }

  async set(db: Db, { server, state, since, note, changes }: KeptState): Promise<void> {
    await db.run(
      `INSERT INTO server_state (server, state, since, note, changes) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (server) DO UPDATE SET state = EXCLUDED.state, since = EXCLUDED.since, note = EXCLUDED.note, changes = EXCLUDED.changes`,
      server, state, since.toISOString(), note, changes,
    );
    this.known = undefined;
  }

  /** For the hot path: at most a second old. */
  async closures(db: Db, now: Date): Promise<readonly Closure[]> {
    if (this.known !== undefined && this.known.until > now.getTime()) return this.known.closures;
    const closures = db.many<Closure & Row>("SELECT server, since FROM server_state WHERE state = 'CLOSED'");
    this.known = { closures, until: now.getTime() + CACHED_MS };
    closures.catch(() => (this.known = undefined));
    return closures;
  }
}

/** Enters a prefecture's server until the transaction ends: its rows are seen and written, those of no other. */
export async function enterPrefecture(db: Db, prefecture: string): Promise<void> {
  await db.run("SELECT set_config('kiban.prefecture', $1, true)", prefecture);
}

/** What a server knows of a municipality whose notices come. */
export interface Entered {
  /** From which day its entries ex officio must have been searched for (JUKI-7). */
  readonly searchSince: LocalDate | undefined;
  /** Numbers of its sequence, of those at hand, with which a notice was taken in before (JUKI-4.5.1). */
  readonly used: ReadonlySet<number>;
}

/**
 * Enters the server of a municipality to apply its notices, whose numbers are `municipalSeqs`; no search of it is confirmed until the
 * transaction ends (JUKI-7). Refuses PREFECTURE_CLOSED, NATIONAL_CLOSED.
 */
export async function enterForNotices(db: Db, municipalityCode: string, municipalSeqs: readonly number[] = []): Promise<Entered> {
  const { fault, ...entered } = await enter(db, municipalityCode, municipalSeqs);
  if (fault !== undefined) throw jukiNetProblems.refuse(fault);
  return entered;
}

/** Like `enterForNotices`, for whoever can wait. */
export async function noticesWait(db: Db, municipalityCode: string): Promise<'PREFECTURE_CLOSED' | 'NATIONAL_CLOSED' | undefined> {
  return (await enter(db, municipalityCode, [])).fault;
}

async function enter(db: Db, municipalityCode: string, municipalSeqs: readonly number[]): Promise<Entered & { readonly fault: ReturnType<typeof noticeFault> }> {
  const { closed, since, used } = await db.one<{ closed: string[]; since: string | null; used: number[] }>(
    // A plan made for thousands of notices would read the whole register for each set of them; that of a few takes one index probe a row.
    `SELECT set_config('kiban.prefecture', $1, true), ${municipalSeqs.length === 0 ? '' : "set_config('plan_cache_mode', 'force_generic_plan', true), "}ARRAY(SELECT server FROM server_state WHERE server IN ($1, '${NATIONAL}') AND state = 'CLOSED') AS closed,
       pg_advisory_xact_lock_shared(hashtextextended('entry-search/' || $2::text, 0)), (SELECT since FROM entry_search_duty WHERE municipality_code = $2) AS since,
       to_json(ARRAY(WITH taken AS MATERIALIZED (SELECT int8multirange(int8range(1, highest, '[]')) - gaps AS seqs FROM municipal_sequence WHERE municipality_code = $2)
         SELECT seq FROM taken CROSS JOIN unnest($3::bigint[]) AS seq WHERE seqs @> seq)) AS used`,
    serverOf(municipalityCode), municipalityCode, municipalSeqs,
  );
  return { fault: noticeFault(closed), searchSince: since === null ? undefined : toLocalDate(since), used: new Set(used) };
}
