import type { LocalDate } from '#kernel';
import type { Stage } from '#contracts/card-issuance';
import type { Db, Row } from '#platform';
import type { CardState } from '../card/card.js';
import { COUNTERS, NATION, STAGES, STAGE_NAMES, ageOn, type AlarmLevel, type Figures, type StageFigure } from './backlog.js';

const CHUNK = 20_000;
const DAY = (column: string): string => `(${column} AT TIME ZONE 'Asia/Tokyo')::date`;
/** What is made counts from its order on, everything else from its own move. */
const CARD_DAY = (move: string): string => DAY(`CASE WHEN ${move}.to_state IN ('MANUFACTURED', 'INSPECTED') THEN ordered.at ELSE ${move}.at END`);

/** Of each journal: the moves of some transactions as places with the days since which they count. What a card left, its own journal tells. A resumed card is no hand-over. */
const MOVED = {
  card_move: `SELECT card.municipality_code, 'card:' || move.to_state AS to_place, ${CARD_DAY('move')} AS to_day, 'card:' || before.to_state AS from_place, ${CARD_DAY('before')} AS from_day,
      move.to_state <> 'ACTIVE' OR before.to_state IS DISTINCT FROM 'SUSPENDED' AS counts, move.card_serial
    FROM card_move move JOIN card USING (card_serial) JOIN card_move ordered ON ordered.card_serial = move.card_serial AND ordered.version = 1
      LEFT JOIN card_move before ON before.card_serial = move.card_serial AND before.version = move.version - 1
    WHERE move.xid > $1::xid8 AND move.xid <= $2::xid8`,
  application_move: `SELECT municipality_code, 'application:' || to_state AS to_place, to_day, 'application:' || from_state AS from_place, from_day, true AS counts, NULL AS card_serial
    FROM application_move WHERE xid > $1::xid8 AND xid <= $2::xid8`,
} as const;
export type Journal = keyof typeof MOVED;
export const JOURNALS = Object.keys(MOVED) as Journal[];

const STOCKED = STAGE_NAMES.flatMap((stage) => STAGES[stage].places.map((place) => [place, stage] as const));
const NOTHING: StageFigure = { stock: 0, p50: 0, p95: 0, oldest: 0 };
/** A card that is now in none of these has no pick-up. Its earlier moves, counted late, do not matter. */
const AWAITED: readonly CardState[] = ['PRESET', 'NOTIFIED', 'HANDING_OVER'];

interface StageRow extends Row {
  readonly municipality: string;
  readonly stage: Stage;
  readonly stock: number;
  readonly half: LocalDate;
  readonly most: LocalDate;
  readonly oldest: LocalDate;
}

/** Counters and hourly figures of what is under way (CARD-4.11). */
export class BacklogStore {
  /**
   * Counts a run of a journal that nobody can add to any more, once; true while more waits. A transaction is taken whole when all before it have
   * ended, which is what the horizon says (unlike a time or a sequence, which become visible out of order); hand-overs wait for no counter's row.
   */
  async count(db: Db, journal: Journal): Promise<boolean> {
    const { xid } = await db.one<{ xid: string }>('SELECT xid::text AS xid FROM counted_journal WHERE journal = $1 FOR UPDATE', journal);
    const { upto, rows } = await db.one<{ upto: string | null; rows: number }>(
      `SELECT max(xid::text::numeric)::text AS upto, count(*) AS rows FROM (SELECT xid FROM ${journal} WHERE xid > $1::xid8 AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid LIMIT ${CHUNK}) AS run`, xid,
    );
    if (upto === null) return false;
    await db.run(
      `WITH moved AS MATERIALIZED (${MOVED[journal]}),
        freed AS (DELETE FROM pickup USING moved JOIN card USING (card_serial) WHERE pickup.card_serial = moved.card_serial AND card.state <> ALL($4::text[]) RETURNING pickup.municipality_code, day, hour),
        opened AS (UPDATE pickup_window place SET taken = taken - free.places FROM (SELECT municipality_code, day, hour, count(*) AS places FROM freed GROUP BY 1, 2, 3) AS free
          WHERE (place.municipality_code, place.day, place.hour) = (free.municipality_code, free.day, free.hour)),
        stocked AS (INSERT INTO place_stock AS stock (municipality_code, place, since, items)
          SELECT municipality_code, place, since, sum(items) FROM (
            SELECT municipality_code, to_place AS place, to_day AS since, 1 AS items FROM moved UNION ALL SELECT municipality_code, from_place, from_day, -1 FROM moved) AS one
          WHERE place = ANY($3::text[]) GROUP BY 1, 2, 3 HAVING sum(items) <> 0
          ON CONFLICT (municipality_code, place, since) DO UPDATE SET items = stock.items + excluded.items)
       INSERT INTO place_entered AS place (municipality_code, place, entered) SELECT municipality_code, to_place, count(*) FROM moved WHERE counts GROUP BY 1, 2
       ON CONFLICT (municipality_code, place) DO UPDATE SET entered = place.entered + excluded.entered`,
      xid, upto, STOCKED.map(([place]) => place), AWAITED,
    );
    await db.run('UPDATE counted_journal SET xid = $2::xid8 WHERE journal = $1', journal, upto);
    return rows === CHUNK;
  }

  /** Whether anything in the journals is not counted yet. */
  async waits(db: Db): Promise<boolean> {
    const found = await db.many(JOURNALS.map((journal) => `(SELECT 1 FROM ${journal}, counted_journal counted WHERE counted.journal = '${journal}' AND ${journal}.xid > counted.xid LIMIT 1)`).join(' UNION ALL '));
    return found.length > 0;
  }

  /** The present figures of every municipality that has any, and of the nation. */
  async present(db: Db, today: LocalDate): Promise<Map<string, Figures>> {
    await db.run('DELETE FROM place_stock WHERE items = 0');
    const stages = await db.many<StageRow>(
      `WITH town AS (SELECT municipality_code, stage, since, sum(items) AS items FROM place_stock JOIN unnest($1::text[], $2::text[]) AS map (place, stage) USING (place) GROUP BY 1, 2, 3),
        all_of AS (SELECT * FROM town UNION ALL SELECT '${NATION}', stage, since, sum(items) FROM town GROUP BY 2, 3),
        ranked AS (SELECT *, sum(items) OVER (PARTITION BY municipality_code, stage ORDER BY since DESC) AS upto, sum(items) OVER (PARTITION BY municipality_code, stage) AS stock FROM all_of)
       SELECT municipality_code AS municipality, stage, stock::int, max(since) FILTER (WHERE upto >= 0.5 * stock) AS half, max(since) FILTER (WHERE upto >= 0.95 * stock) AS most, min(since) AS oldest
       FROM ranked WHERE stock > 0 GROUP BY 1, 2, 3`,
      STOCKED.map(([place]) => place), STOCKED.map(([, stage]) => stage),
    );
    const entered = await db.many<{ municipality: string; place: string; entered: number }>(
      `SELECT coalesce(municipality_code, '${NATION}') AS municipality, place, sum(entered)::bigint AS entered FROM place_entered GROUP BY GROUPING SETS ((municipality_code, place), (place))`,
    );
    const counts = new Map(entered.map((row) => [`${row.municipality} ${row.place}`, row.entered]));
    const figures = new Map(stages.map((row) => [`${row.municipality} ${row.stage}`, figureOf(row, today)]));
    return new Map([...new Set(entered.map(({ municipality }) => municipality))].sort().map((municipality) => [municipality, {
      counters: Object.fromEntries(Object.entries(COUNTERS).map(([name, place]) => [name, counts.get(`${municipality} ${place}`) ?? 0])) as Figures['counters'],
      stages: Object.fromEntries(STAGE_NAMES.map((stage) => [stage, figures.get(`${municipality} ${stage}`) ?? NOTHING])) as Figures['stages'],
    }]));
  }

  /** Hourly figures are kept for 35 days, then those of the day's first hour alone. */
  async keep(db: Db, at: Date, figures: ReadonlyMap<string, Figures>): Promise<void> {
    await db.run('INSERT INTO backlog_snapshot (at, municipality_code, figures) SELECT $1, * FROM unnest($2::text[], $3::jsonb[])', at.toISOString(), [...figures.keys()], [...figures.values()].map((one) => JSON.stringify(one)));
    await db.run(`DELETE FROM backlog_snapshot WHERE at > $1::timestamptz - interval '36 days' AND at < $1::timestamptz - interval '35 days' AND extract(hour FROM at AT TIME ZONE 'Asia/Tokyo') <> 0`, at.toISOString());
  }

  /** The last figures at or before an instant. */
  async figuresAt(db: Db, municipalityCode: string, at: Date): Promise<{ readonly at: Date; readonly figures: Figures } | undefined> {
    return db.maybe<{ at: Date; figures: Figures } & Row>('SELECT at, figures FROM backlog_snapshot WHERE municipality_code = $1 AND at <= $2 ORDER BY at DESC LIMIT 1', municipalityCode, at.toISOString());
  }

  /** Figures at the end of each of the last days, the newest first. */
  async daily(db: Db, municipalityCode: string, at: Date): Promise<{ readonly day: LocalDate; readonly figures: Figures }[]> {
    return db.many<{ day: LocalDate; figures: Figures } & Row>(
      `SELECT DISTINCT ON (day) ${DAY('at')} AS day, figures FROM backlog_snapshot WHERE municipality_code = $1 AND at <= $2 AND at > $2::timestamptz - interval '14 days' ORDER BY day DESC, at DESC`, municipalityCode, at.toISOString(),
    );
  }

  /** Alarms that are not cleared. */
  async alarms(db: Db, municipalityCode?: string): Promise<Alarm[]> {
    return db.many<Alarm & Row>(
      `SELECT municipality_code AS "municipalityCode", subject, level, version, changed_at AS "changedAt" FROM capacity_alarm WHERE level <> 'CLEARED' AND ($1::text IS NULL OR municipality_code = $1) ORDER BY 1, 2`, municipalityCode ?? null,
    );
  }

  /** The new version of an alarm whose level changes. */
  async setAlarm(db: Db, alarm: { readonly municipalityCode: string; readonly subject: string; readonly level: AlarmLevel | 'CLEARED' }, now: Date): Promise<number> {
    const { version } = await db.one<{ version: number }>(
      `INSERT INTO capacity_alarm AS known (municipality_code, subject, level, version, changed_at) VALUES ($1, $2, $3, 1, $4)
       ON CONFLICT (municipality_code, subject) DO UPDATE SET level = excluded.level, version = known.version + 1, changed_at = excluded.changed_at RETURNING version`,
      alarm.municipalityCode, alarm.subject, alarm.level, now.toISOString(),
    );
    return version;
  }

  /** Where a person's application stands, with how many came into the stage on an earlier day; undefined where nothing waits any more. */
  async standing(db: Db, applicationId: string): Promise<{ readonly municipalityCode: string; readonly personKey: string; readonly stage: Stage; readonly ahead: number } | undefined> {
    return db.maybe(
      `WITH own AS (
        SELECT application.municipality_code, application.person_key, coalesce('card:' || card.state, 'application:' || application.state) AS place, ${DAY(`CASE WHEN card.state IS NULL THEN application.received_at
          WHEN card.state IN ('MANUFACTURED', 'INSPECTED') THEN (SELECT at FROM card_move WHERE card_move.card_serial = card.card_serial AND version = 1) ELSE card.moved_at END`)} AS since
        FROM application LEFT JOIN card ON card.application_id = application.application_id AND card.person_key = application.person_key AND application.state = 'ORDERED' AND card.state NOT IN ('CANCELLED', 'DEFECTIVE', 'MISSING', 'DESTROYED')
        WHERE application.application_id = $1 ORDER BY card.moved_at DESC NULLS LAST LIMIT 1), map AS (SELECT * FROM unnest($2::text[], $3::text[]) AS map (place, stage))
       SELECT own.municipality_code AS "municipalityCode", own.person_key AS "personKey", map.stage,
        (SELECT coalesce(sum(items), 0)::int FROM place_stock stock JOIN map AS other USING (place) WHERE other.stage = map.stage AND stock.municipality_code = own.municipality_code AND stock.since < own.since) AS ahead
       FROM own JOIN map USING (place)`,
      applicationId, STOCKED.map(([place]) => place), STOCKED.map(([, stage]) => stage),
    );
  }
}

export interface Alarm {
  readonly municipalityCode: string;
  readonly subject: string;
  readonly level: AlarmLevel;
  readonly version: number;
  readonly changedAt: Date;
}

function figureOf({ stock, half, most, oldest }: StageRow, today: LocalDate): StageFigure {
  return { stock, p50: ageOn(today, half), p95: ageOn(today, most), oldest: ageOn(today, oldest) };
}
