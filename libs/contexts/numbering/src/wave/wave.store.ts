import type { Db, Row } from '#platform';
import { WITHDRAWN } from '../batch/batch.store.js';
import type { HaltCause, MemberStanding, PlannedMember, WaveCounts, WaveInPlan, WaveKind, WaveState } from './wave.js';

export interface WaveRow extends Row, WaveInPlan {
  readonly kind: WaveKind;
  readonly haltedFrom: WaveState | null;
  readonly haltCause: HaltCause | null;
  readonly resumedBy: string | null;
  readonly version: number;
}

/** A batch as the plan knows it. */
export interface WaveBatch extends Row {
  readonly waveId: string;
  readonly kind: 'MASS' | 'DIFFERENCE';
  readonly state: WaveState;
}

/** A municipality's part of a wave. */
export interface WaveProgress extends Row, WaveCounts {
  readonly waveId: string;
  readonly position: number;
  readonly kind: WaveKind;
  readonly state: WaveState;
  readonly haltCause: HaltCause | null;
  readonly municipalityCode: string;
  readonly expected: number;
  readonly signedAt: Date | null;
}

/** A batch in a certificate of completion; designated, tentative, refused and pending are counted from the rows. */
export interface SignedBatch extends Row, WaveCounts {
  readonly batchId: string;
  readonly sha256: string;
}

const WAVE = `wave_id AS "waveId", position, kind, state, halted_from AS "haltedFrom", halt_cause AS "haltCause", resumed_by AS "resumedBy", version`;

/** Numbers of a batch whose result is not received are nobody's yet: its lines are pending. */
const RECEIVED = 'coalesce(b.designated_at, b.confirmed_at) IS NOT NULL';
const COUNTS = `coalesce(sum(b.lines), 0) AS lines, coalesce(sum(b.refused + gone.count), 0) AS refused,
  coalesce(sum(b.designated - gone.count) FILTER (WHERE b.designated_at IS NOT NULL), 0) AS designated,
  coalesce(sum(b.designated - gone.count) FILTER (WHERE b.confirmed_at IS NOT NULL AND b.designated_at IS NULL), 0) AS tentative,
  coalesce(sum(b.lines - b.refused - CASE WHEN ${RECEIVED} THEN b.designated ELSE gone.count END), 0) AS pending`;
const SEALED = 'wave_batch wb JOIN generation_batch b ON b.batch_id = wb.batch_id AND b.sealed_at IS NOT NULL';
const COUNTED = `${SEALED} CROSS JOIN LATERAL (SELECT ${WITHDRAWN} AS count) AS gone`;

/** The plan of the mass numbering, its batches and certificates. */
export class WaveStore {
  /** All waves in their order; every change of the plan begins here, so that nobody else changes it until the transaction ends. */
  async lockPlan(db: Db): Promise<WaveRow[]> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('numbering/wave-plan', 0))");
    return db.many<WaveRow>(`SELECT ${WAVE} FROM wave ORDER BY position`);
  }

  async add(db: Db, wave: { waveId: string; position: number; kind: WaveKind; members: readonly PlannedMember[]; at: Date }): Promise<void> {
    const { waveId, position, kind, members, at } = wave;
    await db.run(
      "INSERT INTO wave (wave_id, position, kind, state, version, changed_at) VALUES ($1, $2, $3, 'PLANNED', 1, $4)",
      waveId, position, kind, at.toISOString(),
    );
    await db.run(
      'INSERT INTO wave_member (wave_id, municipality_code, ward_code, expected) SELECT $1, m.* FROM unnest($2::text[], $3::text[], $4::int[]) AS m',
      waveId, members.map(({ municipalityCode }) => municipalityCode), members.map(({ wardCode }) => wardCode), members.map(({ expected }) => expected),
    );
  }

  /** Members of any wave among these municipalities. */
  async taken(db: Db, municipalityCodes: readonly string[]): Promise<{ municipalityCode: string; wardCode: string }[]> {
    return db.many(
      'SELECT municipality_code AS "municipalityCode", ward_code AS "wardCode" FROM wave_member WHERE municipality_code = ANY($1::text[])',
      municipalityCodes,
    );
  }

  /** The municipality's members in the order of the plan, with the state of their waves. */
  async standing(db: Db, municipalityCode: string): Promise<MemberStanding[]> {
    return db.many<MemberStanding & Row>(
      `SELECT m.wave_id AS "waveId", m.ward_code AS "wardCode", w.state FROM wave_member m JOIN wave w ON w.wave_id = m.wave_id
       WHERE m.municipality_code = $1 ORDER BY w.position, m.ward_code`,
      municipalityCode,
    );
  }

  /** Moves a wave; a halt keeps where the wave goes on. */
  async move(db: Db, wave: WaveRow, to: { state: WaveState; haltCause?: HaltCause; at: Date }): Promise<number> {
    await db.run(
      'UPDATE wave SET state = $2, halted_from = $3, halt_cause = $4, resumed_by = NULL, version = version + 1, changed_at = $5 WHERE wave_id = $1',
      wave.waveId, to.state, to.state === 'HALTED' ? wave.state : null, to.haltCause ?? null, to.at.toISOString(),
    );
    return wave.version + 1;
  }

  /** Keeps the first officer's word that a halted wave may go on. */
  async approveResumption(db: Db, waveId: string, officer: string): Promise<void> {
    await db.run('UPDATE wave SET resumed_by = $2 WHERE wave_id = $1', waveId, officer);
  }

  async bind(db: Db, batch: { batchId: string; waveId: string; municipalityCode: string; wardCode: string; kind: 'MASS' | 'DIFFERENCE' }): Promise<void> {
    const { batchId, waveId, municipalityCode, wardCode, kind } = batch;
    await db.run(
      'INSERT INTO wave_batch (batch_id, wave_id, municipality_code, ward_code, kind) VALUES ($1, $2, $3, $4, $5)',
      batchId, waveId, municipalityCode, wardCode, kind,
    );
  }

  async batch(db: Db, batchId: string): Promise<WaveBatch | undefined> {
    return db.maybe<WaveBatch>(
      'SELECT b.wave_id AS "waveId", b.kind, w.state FROM wave_batch b JOIN wave w ON w.wave_id = b.wave_id WHERE b.batch_id = $1',
      batchId,
    );
  }

  /**
   * Numbers of the batch that stand in an open row of another code as well, found without trusting the ledger. One list for each partition's index:
   * number by number it takes three times as long, and a join of whole tables grows with all numbers that there are.
   */
  async duplicates(db: Db, batchId: string): Promise<number> {
    const { count } = await db.one<{ count: number }>(
      `WITH mine AS MATERIALIZED (SELECT l.* FROM assignment a
         CROSS JOIN LATERAL (SELECT number_index, code_index FROM code_number_link WHERE code_index = a.code_index AND seq = a.generation LIMIT 1) AS l WHERE a.batch_id = $1)
       SELECT count(*) FROM code_number_link o JOIN mine ON mine.number_index = o.number_index AND mine.code_index <> o.code_index
       WHERE o.state = 'OPEN' AND o.number_index = ANY (ARRAY(SELECT number_index FROM mine))`,
      batchId,
    );
    return count;
  }

  /** Whether a ticket that is not resolved holds the wave, one of its municipalities, or only this municipality when it is named. */
  async blocked(db: Db, waveId: string, municipalityCode?: string): Promise<boolean> {
    const row = await db.maybe(
      `SELECT FROM ticket_link t WHERE t.blocks_wave AND t.resolved_at IS NULL AND (t.wave_id = $1
         OR t.municipality_code IN (SELECT m.municipality_code FROM wave_member m
           WHERE m.wave_id = $1 AND m.municipality_code = coalesce($2, m.municipality_code))) LIMIT 1`,
      waveId, municipalityCode ?? null,
    );
    return row !== undefined;
  }

  /** Counters of a wave, or of one municipality in it. */
  async counts(db: Db, waveId: string, municipalityCode?: string): Promise<WaveCounts> {
    return db.one<WaveCounts & Row>(
      `SELECT ${COUNTS} FROM ${COUNTED}
       WHERE wb.wave_id = $1 AND wb.municipality_code = coalesce($2, wb.municipality_code)`,
      waveId, municipalityCode ?? null,
    );
  }

  /** Members of the wave of whom no batch has been delivered, and its batches that are still under way. */
  async unfinished(db: Db, waveId: string): Promise<{ members: number; batches: number }> {
    return db.one(
      `WITH mine AS (SELECT wb.municipality_code, wb.ward_code, b.delivered_at FROM wave_batch wb
           JOIN generation_batch b ON b.batch_id = wb.batch_id AND b.sealed_at IS NOT NULL WHERE wb.wave_id = $1)
       SELECT (SELECT count(*) FROM wave_member m WHERE m.wave_id = $1 AND NOT EXISTS (SELECT FROM mine
           WHERE mine.municipality_code = m.municipality_code AND mine.ward_code = m.ward_code AND delivered_at IS NOT NULL)) AS members,
         (SELECT count(*) FROM mine WHERE delivered_at IS NULL) AS batches`,
      waveId,
    );
  }

  /** The municipality's batches in the wave, counted from their rows and not from their counters. */
  async signedBatches(db: Db, waveId: string, municipalityCode: string): Promise<SignedBatch[]> {
    return db.many<SignedBatch>(
      `SELECT b.batch_id AS "batchId", b.sha256, b.lines, r.refused + a.withdrawn AS refused, r.pending + CASE WHEN ${RECEIVED} THEN 0 ELSE a.drawn + r.repeated END AS pending,
         CASE WHEN b.designated_at IS NOT NULL THEN a.drawn + r.repeated ELSE 0 END AS designated,
         CASE WHEN b.confirmed_at IS NOT NULL AND b.designated_at IS NULL THEN a.drawn + r.repeated ELSE 0 END AS tentative
       FROM ${SEALED}
       CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state <> 'VOID') AS drawn, count(*) FILTER (WHERE state = 'VOID') AS withdrawn FROM assignment WHERE batch_id = b.batch_id) AS a
       CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE result_code = '01') AS repeated, count(*) FILTER (WHERE result_code <> '01') AS refused,
           count(*) FILTER (WHERE result_code IS NULL) AS pending FROM batch_line WHERE batch_id = b.batch_id) AS r
       WHERE wb.wave_id = $1 AND wb.municipality_code = $2 ORDER BY b.sealed_at, b.batch_id`,
      waveId, municipalityCode,
    );
  }

  /** The members' expected lines; undefined when the municipality is not in the wave. */
  async expected(db: Db, waveId: string, municipalityCode: string): Promise<number | undefined> {
    const { expected } = await db.one<{ expected: number | null }>(
      'SELECT sum(expected) AS expected FROM wave_member WHERE wave_id = $1 AND municipality_code = $2',
      waveId, municipalityCode,
    );
    return expected ?? undefined;
  }

  async signOff(db: Db, signed: { waveId: string; municipalityCode: string; certificate: string; sha256: string; at: Date }): Promise<void> {
    const { waveId, municipalityCode, certificate, sha256, at } = signed;
    await db.run(
      'INSERT INTO wave_sign_off (wave_id, municipality_code, certificate, sha256, signed_at) VALUES ($1, $2, $3, $4, $5)',
      waveId, municipalityCode, certificate, sha256, at.toISOString(),
    );
  }

  async certificate(db: Db, waveId: string, municipalityCode: string): Promise<{ certificate: string; sha256: string } | undefined> {
    return db.maybe('SELECT certificate, sha256 FROM wave_sign_off WHERE wave_id = $1 AND municipality_code = $2', waveId, municipalityCode);
  }

  /** Municipalities of the wave that have not signed. */
  async unsigned(db: Db, waveId: string): Promise<number> {
    const { count } = await db.one<{ count: number }>(
      `SELECT count(DISTINCT m.municipality_code) FROM wave_member m LEFT JOIN wave_sign_off s ON s.wave_id = m.wave_id AND s.municipality_code = m.municipality_code
       WHERE m.wave_id = $1 AND s.wave_id IS NULL`,
      waveId,
    );
    return count;
  }

  /** Progress of the municipalities whose codes begin with `prefix`, in the order of their codes. */
  async progress(db: Db, page: { prefix: string; waveId: string | undefined; after: readonly [string, number]; limit: number }): Promise<WaveProgress[]> {
    return db.many<WaveProgress>(
      `SELECT w.wave_id AS "waveId", w.position, w.kind, w.state, w.halt_cause AS "haltCause", m.municipality_code AS "municipalityCode", m.expected,
         s.signed_at AS "signedAt", c.*
       FROM (SELECT wave_id, municipality_code, sum(expected) AS expected FROM wave_member
         WHERE starts_with(municipality_code, $1) GROUP BY wave_id, municipality_code) AS m
       JOIN wave w ON w.wave_id = m.wave_id AND w.wave_id = coalesce($2, w.wave_id)
       LEFT JOIN wave_sign_off s ON s.wave_id = m.wave_id AND s.municipality_code = m.municipality_code
       CROSS JOIN LATERAL (SELECT ${COUNTS} FROM ${COUNTED}
         WHERE wb.wave_id = m.wave_id AND wb.municipality_code = m.municipality_code) AS c
       WHERE (m.municipality_code, w.position) > ($3, $4) ORDER BY m.municipality_code, w.position LIMIT $5`,
      page.prefix, page.waveId ?? null, page.after[0], page.after[1], page.limit,
    );
  }
}
