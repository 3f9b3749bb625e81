import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { Alert, AlertKind, AlertState } from './log-alert.js';

export interface StoredAlert extends Row, Alert {
  readonly alertId: string;
  readonly day: string;
  readonly kind: AlertKind;
  readonly client: string;
  readonly personKey: string | null;
  readonly asked: number;
  readonly mean: number | null;
  readonly note: string | null;
  readonly foundBy: string | undefined;
  readonly confirmedBy: string | null;
}

export interface Watch extends Row {
  readonly watchId: string;
  readonly personKey: string;
  readonly organisation: string;
  readonly reason: string;
  readonly setBy: string;
  readonly sinceOn: string;
}

export interface DutyHours extends Row {
  readonly organisation: string;
  readonly opens: string;
  readonly closes: string;
  readonly onClosedDays: boolean;
}

const ALERT = `alert_id AS "alertId", day, kind, organisation, client, officer, person_key AS "personKey", asked, mean::float8 AS mean, state, note,
  found_by AS "foundBy", confirmed_by AS "confirmedBy"`;
const WATCH = 'watch_id AS "watchId", person_key AS "personKey", organisation, reason, set_by AS "setBy", since_on AS "sinceOn"';

export interface AlertPage {
  readonly organisation: string | undefined;
  readonly state: AlertState | undefined;
  readonly after: string | undefined;
  readonly limit: number;
}

export class LogAlertStore {
  async lock(db: Db, alertId: string): Promise<StoredAlert | undefined> {
    return db.maybe<StoredAlert>(`SELECT ${ALERT} FROM log_alert WHERE alert_id = $1 FOR UPDATE`, alertId);
  }

  async list(db: Db, { organisation, state, after, limit }: AlertPage): Promise<StoredAlert[]> {
    return db.many<StoredAlert>(
      `SELECT ${ALERT} FROM log_alert WHERE ($1::text IS NULL OR organisation = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR alert_id > $3)
       ORDER BY alert_id LIMIT $4`,
      organisation ?? null, state ?? null, after ?? null, limit,
    );
  }

  async save(db: Db, { alertId, state, note, foundBy, confirmedBy }: StoredAlert, at: Date): Promise<void> {
    await db.run(
      'UPDATE log_alert SET state = $2, note = $3, found_by = $4, confirmed_by = $5, found_at = $6 WHERE alert_id = $1',
      alertId, state, note, foundBy, confirmedBy, at.toISOString(),
    );
  }

  /** False when the organisation watches the person already. */
  async watch(db: Db, { watchId, personKey, organisation, reason, setBy, sinceOn }: Watch): Promise<boolean> {
    return (await db.run(
      `INSERT INTO watched_person (watch_id, person_key, organisation, reason, set_by, since_on) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (person_key, organisation) WHERE ended_on IS NULL DO NOTHING`,
      watchId, personKey, organisation, reason, setBy, sinceOn,
    )) === 1;
  }

  async watches(db: Db, organisation: string, limit: number): Promise<Watch[]> {
    return db.many<Watch>(`SELECT ${WATCH} FROM watched_person WHERE organisation = $1 AND ended_on IS NULL ORDER BY watch_id LIMIT $2`, organisation, limit);
  }

  /** The watch that was ended; nothing when there is none of the organisation. */
  async endWatch(db: Db, watch: Pick<Watch, 'watchId' | 'organisation'>, by: { officer: string; on: LocalDate }): Promise<Watch | undefined> {
    return db.maybe<Watch>(
      `UPDATE watched_person SET ended_by = $3, ended_on = $4 WHERE watch_id = $1 AND organisation = $2 AND ended_on IS NULL RETURNING ${WATCH}`,
      watch.watchId, watch.organisation, by.officer, by.on,
    );
  }

  async setHours(db: Db, { organisation, opens, closes, onClosedDays }: DutyHours, by: { officer: string; at: Date }): Promise<void> {
    await db.run(
      `INSERT INTO duty_hours (organisation, opens, closes, on_closed_days, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (organisation) DO UPDATE SET opens = excluded.opens, closes = excluded.closes, on_closed_days = excluded.on_closed_days,
         set_by = excluded.set_by, set_at = excluded.set_at`,
      organisation, opens, closes, onClosedDays, by.officer, by.at.toISOString(),
    );
  }

  async hours(db: Db): Promise<DutyHours[]> {
    return db.many<DutyHours>(
      `SELECT organisation, to_char(opens, 'HH24:MI') AS opens, to_char(closes, 'HH24:MI') AS closes, on_closed_days AS "onClosedDays" FROM duty_hours ORDER BY organisation`,
    );
  }
}
