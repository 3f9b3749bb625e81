import { addDays, type LocalDate, startOfDayInJapan } from '#kernel';
import type { Db, Row } from '#platform';
import { NATIONAL } from '../prefecture/server.js';
import { type Link, nextLink, WINDOW_MS, windowOf, type Written } from './use-chain.js';

/** Before the first record that there can be: the register began on 2002-08-05. */
const BEGINNING = new Date('2002-08-04T15:00:00Z');
const HOUR_MS = 3_600_000;
const LINK = 'server, seq, since, records, digest, hash';
/** When a record was written; what another context appends has a time of its own as well. */
const WRITTEN = '((appended_at IS NULL AND at >= $1 AND at < $2) OR (appended_at >= $1 AND appended_at < $2))';
const DIGESTS = `SELECT coalesce(provider, '${NATIONAL}') AS server, date_bin('${WINDOW_MS} milliseconds', coalesce(appended_at, at), '2000-01-01T00:00:00Z') AS since, count(*)::int AS records,
    sha256(string_agg(sha256(convert_to(jsonb_build_array((extract(epoch FROM at) * 1000000)::bigint, use_id, person_key, grant_id, organisation, affair, mode, key_kind, items, result_code,
      correlation_id, provider, institution, legal_basis, (extract(epoch FROM appended_at) * 1000000)::bigint)::text, 'UTF8')), ''::bytea ORDER BY at, use_id)) AS digest
  FROM use_record WHERE ${WRITTEN} GROUP BY 1, 2 ORDER BY 1, 2`;

/** Seals what was written long enough ago: whoever provides writes nothing for it, and waits for nobody. */
export class UseChainStore {
  /** Whether a record before that moment is not sealed. */
  async isWaiting(db: Db, until: Date): Promise<boolean> {
    return (await this.nextWindow(db, until)) !== undefined;
  }

  /** Seals the next window in which something was written, a link for each server; they are none when all is sealed up to that moment. */
  async sealNext(db: Db, until: Date): Promise<readonly Link[]> {
    await db.many("SELECT pg_advisory_xact_lock(hashtextextended('use-chain', 0))");
    const since = await this.nextWindow(db, until);
    if (since === undefined) return [];
    const written = await this.written(db, since, new Date(since.getTime() + WINDOW_MS));
    const heads = await db.many<Link & Row>(
      `SELECT h.* FROM unnest($1::text[]) AS s (server) CROSS JOIN LATERAL (SELECT ${LINK} FROM use_link l WHERE l.server = s.server ORDER BY seq DESC LIMIT 1) AS h`, written.map(({ server }) => server),
    );
    const links = written.map((one) => nextLink(heads.find(({ server }) => server === one.server), one));
    await db.copyIn(`use_link(${LINK})`, links.map(({ server, seq, since: at, records, digest, hash }) => [server, seq, at.toISOString(), records, digest, hash]));
    return links;
  }

  /** Looks twice as far each time, so that neither a full night nor an empty year is read more often than that. */
  private async nextWindow(db: Db, until: Date): Promise<Date | undefined> {
    const from = await this.sealedUntil(db);
    for (let width = WINDOW_MS, at = from; at < until; at = new Date(at.getTime() + width), width *= 2) {
      const end = new Date(Math.min(at.getTime() + width, until.getTime()));
      const { first } = await db.one<{ first: Date | null }>(`SELECT min(coalesce(appended_at, at)) AS first FROM use_record WHERE ${WRITTEN}`, at.toISOString(), end.toISOString());
      if (first !== null) return windowOf(first);
    }
    return undefined;
  }

  /** What is not older than this is sealed by the next run. */
  async sealedUntil(db: Db): Promise<Date> {
    const { last } = await db.one<{ last: Date | null }>('SELECT max(since) AS last FROM use_link');
    return last === null ? BEGINNING : new Date(last.getTime() + WINDOW_MS);
  }

  /** The links of a day, and of each of their servers the one before them. */
  async links(db: Db, day: LocalDate): Promise<{ readonly before: readonly Link[]; readonly links: readonly Link[] }> {
    const links = await db.many<Link & Row>(`SELECT ${LINK} FROM use_link WHERE since >= $1 AND since < $2 ORDER BY server, seq`, ...boundsOf(day).map((at) => at.toISOString()));
    const first = new Map(links.toReversed().map(({ server, seq }) => [server, seq]));
    const before = await db.many<Link & Row>(
      `SELECT ${LINK} FROM use_link WHERE (server, seq) IN (SELECT server, seq - 1 FROM unnest($1::text[], $2::bigint[]) AS f (server, seq))`, [...first.keys()], [...first.values()],
    );
    return { before, links };
  }

  /** What is there now of a day, read an hour at a time. */
  async found(db: Db, day: LocalDate): Promise<Written[]> {
    const [start, end] = boundsOf(day);
    const found: Written[] = [];
    for (let at = start; at < end; at = new Date(at.getTime() + HOUR_MS)) found.push(...(await this.written(db, at, new Date(at.getTime() + HOUR_MS))));
    return found;
  }

  private async written(db: Db, from: Date, until: Date): Promise<Written[]> {
    return db.many<Written & Row>(DIGESTS, from.toISOString(), until.toISOString());
  }

  /** Whether an approved lot lets the records of the day go (JUKI-4.11). */
  async isPurged(db: Db, day: LocalDate): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM retention_lot WHERE kind = 'USE_RECORD' AND state IN ('APPROVED', 'PURGED') AND counted_until >= $1 LIMIT 1", day)) !== undefined;
  }
}

function boundsOf(day: LocalDate): [Date, Date] {
  return [startOfDayInJapan(day), startOfDayInJapan(addDays(day, 1))];
}
