import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { USUAL_HOURS, type CounterPlan } from './counter-plan.js';

/** An hour at a municipality's counters. */
export interface Place {
  readonly day: LocalDate;
  readonly hour: number;
}

/** Where a place is looked for. */
export interface Wanted {
  readonly municipalityCode: string;
  readonly days: readonly LocalDate[];
  readonly hours: readonly number[];
  readonly places: number;
}

const PLAN = `terminals, to_char(opens, 'HH24:MI') AS opens, to_char(closes, 'HH24:MI') AS closes, minutes_per_handover AS "minutesPerHandover", availability::float AS availability,
  connection_limit AS "connectionLimit", pickup_days AS "pickupDays"`;
const BEGINS = (row: string): string => `((${row}.day + make_time(${row}.hour, 0, 0)) AT TIME ZONE 'Asia/Tokyo')`;
/** A stop that touches the hour; of one without a foreseen end a day is assumed. */
const STOPPED = (row: string): string => `SELECT 1 FROM outage WHERE state IN ('PLANNED', 'OPEN') AND (municipality_codes = '{}' OR ${row}.municipality_code = ANY(municipality_codes))
  AND starts_at < ${BEGINS(row)} + interval '1 hour' AND coalesce(ends_at, greatest(starts_at, $2::timestamptz) + interval '1 day') > ${BEGINS(row)}`;

/** Counters' plans, and the places that invitations hold at them. */
export class PickupStore {
  async plan(db: Db, municipalityCode: string): Promise<CounterPlan | undefined> {
    return db.maybe<CounterPlan & Row>(`SELECT ${PLAN} FROM counter_plan WHERE municipality_code = $1`, municipalityCode);
  }

  /** Places that are held stay so; the others are those of the new plan. */
  async setPlan(db: Db, municipalityCode: string, plan: CounterPlan & { readonly places: number; readonly now: Date }): Promise<void> {
    await db.run(
      `INSERT INTO counter_plan VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (municipality_code) DO UPDATE SET terminals = excluded.terminals, opens = excluded.opens, closes = excluded.closes,
        minutes_per_handover = excluded.minutes_per_handover, availability = excluded.availability, connection_limit = excluded.connection_limit, pickup_days = excluded.pickup_days, set_at = excluded.set_at`,
      municipalityCode, plan.terminals, plan.opens, plan.closes, plan.minutesPerHandover, plan.availability, plan.connectionLimit, plan.pickupDays, plan.now.toISOString(),
    );
    await db.run('UPDATE pickup_window SET places = greatest(taken, $2) WHERE municipality_code = $1', municipalityCode, plan.places);
  }

  /** The longest opening hours among these municipalities, of all for an empty list. */
  async openingHours(db: Db, municipalityCodes: readonly string[]): Promise<{ readonly opens: string; readonly closes: string }> {
    return db.one(
      `SELECT to_char(least(min(opens), $2), 'HH24:MI') AS opens, to_char(greatest(max(closes), $3), 'HH24:MI') AS closes FROM counter_plan WHERE $1::text[] = '{}' OR municipality_code = ANY($1::text[])`,
      municipalityCodes, USUAL_HOURS.opens, USUAL_HOURS.closes,
    );
  }

  async capacityPlans(db: Db): Promise<(CounterPlan & { readonly municipalityCode: string })[]> {
    return db.many<CounterPlan & { municipalityCode: string } & Row>(`SELECT municipality_code AS "municipalityCode", ${PLAN} FROM counter_plan`);
  }

  /** Holds the first free place for a card, instead of the one it had; undefined where none is free. */
  async hold(db: Db, cardSerial: string, wanted: Wanted, now: Date): Promise<Place | undefined> {
    const place = (await this.take(db, wanted, now, 'SKIP LOCKED')) ?? (await this.takeOfAll(db, wanted, now));
    if (place === undefined) return undefined;
    await this.release(db, cardSerial);
    await db.run('INSERT INTO pickup (card_serial, municipality_code, day, hour) VALUES ($1, $2, $3, $4)', cardSerial, wanted.municipalityCode, place.day, place.hour);
    return place;
  }

  async release(db: Db, cardSerial: string): Promise<void> {
    await db.run(
      `WITH old AS (DELETE FROM pickup WHERE card_serial = $1 RETURNING municipality_code, day, hour)
       UPDATE pickup_window place SET taken = taken - 1 FROM old WHERE (place.municipality_code, place.day, place.hour) = (old.municipality_code, old.day, old.hour)`, cardSerial,
    );
  }

  /** Places of a period that nobody holds; hours that were never asked for are free. */
  async free(db: Db, { municipalityCode, days, hours, places }: Wanted): Promise<number> {
    const { taken } = await db.one<{ taken: number }>('SELECT coalesce(sum(taken), 0)::int AS taken FROM pickup_window WHERE municipality_code = $1 AND day = ANY($2::date[])', municipalityCode, days);
    return days.length * hours.length * places - taken;
  }

  async held(db: Db, municipalityCode: string, day: LocalDate): Promise<{ readonly cardSerial: string; readonly hour: number }[]> {
    return db.many<{ cardSerial: string; hour: number } & Row>('SELECT card_serial AS "cardSerial", hour FROM pickup WHERE municipality_code = $1 AND day = $2 ORDER BY hour, card_serial', municipalityCode, day);
  }

  /** Pick-ups to come that a stop touches; other processes skip them. */
  async touched(db: Db, now: Date, limit: number): Promise<(Place & { readonly cardSerial: string; readonly municipalityCode: string; readonly at: Date })[]> {
    return db.many<Place & { cardSerial: string; municipalityCode: string; at: Date } & Row>(
      `SELECT card_serial AS "cardSerial", municipality_code AS "municipalityCode", day, hour, ${BEGINS('pickup')} AS at FROM pickup
       WHERE day >= ($2::timestamptz AT TIME ZONE 'Asia/Tokyo')::date AND ${BEGINS('pickup')} > $2 AND EXISTS (${STOPPED('pickup')}) ORDER BY day, hour LIMIT $1 FOR UPDATE SKIP LOCKED`, limit, now.toISOString(),
    );
  }

  /** Makes the hours that were never asked for, and waits for those that others hold at this moment. */
  private async takeOfAll(db: Db, wanted: Wanted, now: Date): Promise<Place | undefined> {
    await db.run(
      `INSERT INTO pickup_window (municipality_code, day, hour, places) SELECT $1, day, hour, $4 FROM unnest($2::date[]) AS day, unnest($3::int[]) AS hour ON CONFLICT DO NOTHING`,
      wanted.municipalityCode, wanted.days, wanted.hours, wanted.places,
    );
    return this.take(db, wanted, now, '');
  }

  private async take(db: Db, { municipalityCode, days, hours }: Wanted, now: Date, others: 'SKIP LOCKED' | ''): Promise<Place | undefined> {
    return db.maybe<Place & Row>(
      `UPDATE pickup_window SET taken = taken + 1 WHERE (municipality_code, day, hour) = (SELECT municipality_code, day, hour FROM pickup_window free
         WHERE municipality_code = $1 AND day = ANY($3::date[]) AND hour = ANY($4::int[]) AND taken < places AND NOT EXISTS (${STOPPED('free')}) ORDER BY day, hour LIMIT 1 FOR UPDATE ${others})
       RETURNING day, hour`,
      municipalityCode, now.toISOString(), days, hours,
    );
  }
}
