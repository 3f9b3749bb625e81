import type { Db, Row } from '#platform';

export const HOPS = ['COUNTER_LINE', 'PREFECTURE', 'DATA_CENTRE', 'RELAY', 'LEDGER', 'JUKI_NET', 'JPKI_CA', 'CALL_CENTRE'] as const;
export const OUTAGE_STATES = ['PLANNED', 'OPEN', 'FIXED', 'CLOSED', 'CANCELLED'] as const;
export type OutageState = (typeof OUTAGE_STATES)[number];

/** A planned stop or an incident; no municipalities are all of them. */
export interface Outage {
  readonly outageId: string;
  readonly kind: 'PLANNED' | 'INCIDENT';
  readonly hop: (typeof HOPS)[number];
  readonly municipalityCodes: readonly string[];
  readonly state: OutageState;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly textJa: string;
  readonly textEn: string;
  readonly enteredAt: Date;
  readonly fixedAt: Date | null;
}

const COLUMNS = `outage_id AS "outageId", kind, hop, municipality_codes AS "municipalityCodes", state, starts_at AS "startsAt", ends_at AS "endsAt", text_ja AS "textJa", text_en AS "textEn", entered_at AS "enteredAt", fixed_at AS "fixedAt"`;

/** The calendar of stops and the record of incidents. */
export class OutageStore {
  async add(db: Db, outage: Outage): Promise<void> {
    await db.run(
      'INSERT INTO outage (outage_id, kind, hop, municipality_codes, state, starts_at, ends_at, text_ja, text_en, entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
      outage.outageId, outage.kind, outage.hop, outage.municipalityCodes, outage.state, outage.startsAt.toISOString(), outage.endsAt?.toISOString() ?? null, outage.textJa, outage.textEn, outage.enteredAt.toISOString(),
    );
  }

  async lock(db: Db, outageId: string): Promise<Outage | undefined> {
    return db.maybe<Outage & Row>(`SELECT ${COLUMNS} FROM outage WHERE outage_id = $1 FOR UPDATE`, outageId);
  }

  async moveTo(db: Db, outageId: string, state: OutageState, now: Date): Promise<void> {
    await db.run(
      `UPDATE outage SET state = $2, fixed_at = CASE $2 WHEN 'FIXED' THEN $3 WHEN 'OPEN' THEN NULL ELSE fixed_at END, closed_at = CASE WHEN $2 IN ('CLOSED', 'CANCELLED') THEN $3::timestamptz END WHERE outage_id = $1`,
      outageId, state, now.toISOString(),
    );
  }

  /** What is told: all that is not over, and what ended within a week. */
  async told(db: Db, now: Date): Promise<Outage[]> {
    return db.many<Outage & Row>(`SELECT ${COLUMNS} FROM outage WHERE state IN ('PLANNED', 'OPEN', 'FIXED') OR closed_at > $1::timestamptz - interval '7 days' ORDER BY starts_at DESC, outage_id LIMIT 200`, now.toISOString());
  }

  /** Alarms of these municipalities, or of any, that rose after an instant. */
  async alarmsAfter(db: Db, municipalityCodes: readonly string[], after: Date): Promise<number> {
    const { count } = await db.one<{ count: number }>(
      `SELECT count(*) AS count FROM capacity_alarm WHERE level <> 'CLEARED' AND changed_at > $2 AND ($1::text[] = '{}' OR municipality_code = ANY($1::text[]))`, municipalityCodes, after.toISOString(),
    );
    return count;
  }
}
