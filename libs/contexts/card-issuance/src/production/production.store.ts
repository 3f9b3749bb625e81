import type { Db, FieldCipher, Row } from '#platform';
import type { CardState } from '../card/card.js';
import type { Batch, BatchState, Packed } from './production-batch.js';
import { faceFacts, type FaceFacts } from './face.js';
import type { ManifestRecord } from './manifest.js';

const FACE = 'production_record.face';
const NUMBER = 'production_record.number';
const SECURITY_CODE = 'production_record.security_code';
const JUKI_CODE = 'production_record.juki_code';

const BATCH = `batch_id AS "batchId", maker, state, filled, quarantined, records, count, hash, requests_missing AS "requestsMissing",
  certificates_missing AS "certificatesMissing", key_id AS "keyId", planned_ship_date AS "plannedShipDate", key_confirmed_by AS "keyConfirmedBy", key_released_at AS "keyReleasedAt", examined,
  release_decision AS "releaseDecision", release_by AS "releaseBy", version`;
const RECORD = `record_no AS "recordNo", card_serial AS "cardSerial", application_id AS "applicationId", person_key AS "personKey", municipality_code AS "municipalityCode",
  fact_version AS "factVersion", state, expiry_date AS "expiryDate", wish_sign AS "wishSign", wish_auth AS "wishAuth", photo_sha256 AS "photoSha256", box_no AS "boxNo",
  seq_in_box AS "seqInBox", sign_csr AS "signCsr", auth_csr AS "authCsr", sign_serial AS "signSerial", auth_serial AS "authSerial", issuing_office AS "issuingOffice", language, residence_expiry AS "residenceExpiry"`;

export interface ProductionRecord extends ManifestRecord {
  readonly personKey: string;
  readonly factVersion: number;
  readonly state: 'IN' | 'REJECTED' | 'DEFECTIVE';
  readonly signCsr: Buffer | null;
  readonly authCsr: Buffer | null;
  readonly signSerial: string | null;
  readonly authSerial: string | null;
  readonly issuingOffice: string;
  readonly language: string;
  /** Last day of a foreign resident's stay; null without an end. */
  readonly residenceExpiry: string | null;
}
type RecordRow = ProductionRecord & Row;

export interface RecalledCard {
  readonly recordNo: number;
  readonly cardSerial: string;
  readonly state: CardState;
  readonly municipalityCode: string;
  readonly boxNo: string | null;
  readonly boxState: string | null;
  readonly since: Date;
}

export interface Secrets {
  readonly face: FaceFacts;
  readonly number: string;
  readonly securityCode: string;
  /** Of records made before it was kept: null. */
  readonly jukiCode: string | null;
}

/** A record as it is ordered. */
export interface NewRecord extends Omit<ProductionRecord, 'state' | 'boxNo' | 'seqInBox' | 'signCsr' | 'authCsr' | 'signSerial' | 'authSerial'>, Secrets {
  readonly jukiCode: string;
}

export interface Box {
  readonly boxNo: string;
  readonly batchId: string;
  readonly municipalityCode: string;
  readonly issuingOffice: string;
  readonly state: 'PLANNED' | 'SHIPPED' | 'RECEIVED' | 'SHORT';
}
const BOX = 'box_no AS "boxNo", batch_id AS "batchId", municipality_code AS "municipalityCode", issuing_office AS "issuingOffice", state';

/** Production batches, their records and boxes. */
export class ProductionStore {
  constructor(private readonly cipher: FieldCipher) {}

  async open(db: Db, batch: { readonly batchId: string; readonly maker: string; readonly municipalityCode: string | undefined }, now: Date): Promise<void> {
    await db.run(
      "INSERT INTO production_batch (batch_id, maker, municipality_code, state, version, opened_at, moved_at) VALUES ($1, $2, $3, 'OPEN', 0, $4, $4)",
      batch.batchId, batch.maker, batch.municipalityCode ?? null, now.toISOString(),
    );
  }

  async find(db: Db, batchId: string): Promise<Batch | undefined> {
    return db.maybe<Batch & Row>(`SELECT ${BATCH} FROM production_batch WHERE batch_id = $1`, batchId);
  }

  async lock(db: Db, batchId: string): Promise<Batch | undefined> {
    return db.maybe<Batch & Row>(`SELECT ${BATCH} FROM production_batch WHERE batch_id = $1 FOR UPDATE`, batchId);
  }

  async moveTo(db: Db, batchId: string, state: BatchState, now: Date): Promise<void> {
    await db.run('UPDATE production_batch SET state = $2, moved_at = $3 WHERE batch_id = $1', batchId, state, now.toISOString());
  }

  async setManifest(db: Db, batchId: string, manifest: { readonly count: number; readonly hash: string }): Promise<void> {
    await db.run('UPDATE production_batch SET count = $2, hash = $3 WHERE batch_id = $1', batchId, manifest.count, manifest.hash);
  }

  async setMissing(db: Db, batchId: string, missing: { readonly requests: number; readonly certificates: number | null }): Promise<void> {
    await db.run(
      'UPDATE production_batch SET requests_missing = $2, certificates_missing = $3, version = version + CASE WHEN $3::int IS NULL THEN 0 ELSE 1 END WHERE batch_id = $1',
      batchId, missing.requests, missing.certificates,
    );
  }

  /** Fewer certificates are awaited; the last one certifies the batch. */
  async certificatesCame(db: Db, batchId: string, came: number, now: Date): Promise<void> {
    await db.run(
      `UPDATE production_batch SET certificates_missing = certificates_missing - $2, state = CASE WHEN certificates_missing = $2 THEN 'CERTIFIED' ELSE state END, moved_at = $3
       WHERE batch_id = $1 AND state = 'SEALED'`,
      batchId, came, now.toISOString(),
    );
  }

  /** What an officer had proposed was about an earlier quarantine. */
  async quarantine(db: Db, batchId: string, suspects: readonly string[]): Promise<void> {
    await db.run('UPDATE production_batch SET quarantined = true, examined = examined || $2::text[], release_decision = NULL, release_by = NULL WHERE batch_id = $1', batchId, suspects);
  }

  async proposeRelease(db: Db, batchId: string, proposal: { readonly decision: string; readonly by: string }): Promise<void> {
    await db.run('UPDATE production_batch SET release_decision = $2, release_by = $3 WHERE batch_id = $1', batchId, proposal.decision, proposal.by);
  }

  async endQuarantine(db: Db, batchId: string): Promise<void> {
    await db.run('UPDATE production_batch SET quarantined = false WHERE batch_id = $1', batchId);
  }

  async fixKey(db: Db, batchId: string, fixed: { readonly keyId: string | undefined; readonly plannedShipDate: string }): Promise<void> {
    await db.run('UPDATE production_batch SET key_id = $2, planned_ship_date = $3 WHERE batch_id = $1', batchId, fixed.keyId ?? null, fixed.plannedShipDate);
  }

  async confirmKey(db: Db, batchId: string, officer: string): Promise<void> {
    await db.run('UPDATE production_batch SET key_confirmed_by = $2 WHERE batch_id = $1', batchId, officer);
  }

  async releaseKey(db: Db, batchId: string, now: Date): Promise<void> {
    await db.run('UPDATE production_batch SET key_released_at = coalesce(key_released_at, $2) WHERE batch_id = $1', batchId, now.toISOString());
  }

  /** The sequence of the batch's next event. */
  async nextSequence(db: Db, batchId: string): Promise<number> {
    return (await db.one<{ version: number }>('UPDATE production_batch SET version = version + 1 WHERE batch_id = $1 RETURNING version', batchId)).version;
  }

  async numbersIn(db: Db, batchId: string): Promise<{ recordNo: number; applicationId: string; personKey: string }[]> {
    return db.many(`SELECT record_no AS "recordNo", application_id AS "applicationId", person_key AS "personKey" FROM production_record WHERE batch_id = $1 AND state = 'IN' ORDER BY record_no`, batchId);
  }

  /** Every card that was ever in the batch, those that left it among them. */
  async recall(db: Db, batchId: string, page: { readonly after: number; readonly limit: number }): Promise<RecalledCard[]> {
    return db.many<RecalledCard & Row>(
      `SELECT record.record_no AS "recordNo", card.card_serial AS "cardSerial", card.state, card.municipality_code AS "municipalityCode", record.box_no AS "boxNo", box.state AS "boxState", card.moved_at AS since
       FROM production_record record JOIN card ON card.card_serial = record.card_serial LEFT JOIN shipping_box box ON box.box_no = record.box_no
       WHERE record.batch_id = $1 AND record.record_no > $2 ORDER BY record.record_no LIMIT $3`,
      batchId, page.after, page.limit,
    );
  }

  async countFilled(db: Db, batchId: string, records: number, filled: boolean): Promise<void> {
    await db.run('UPDATE production_batch SET records = records + $2, filled = $3 WHERE batch_id = $1', batchId, records, filled);
  }

  async add(db: Db, batchId: string, records: readonly NewRecord[]): Promise<void> {
    await db.run(
      `INSERT INTO production_record (batch_id, state, record_no, card_serial, application_id, person_key, municipality_code, fact_version, face, number, security_code, photo_sha256, expiry_date, wish_sign, wish_auth, issuing_office, language, residence_expiry, juki_code)
       SELECT $1, 'IN', row.* FROM unnest($2::int[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::bigint[], $8::bytea[], $9::bytea[], $10::bytea[], $11::text[], $12::date[], $13::bool[], $14::bool[], $15::text[], $16::text[], $17::date[], $18::bytea[]) AS row`,
      batchId, records.map((one) => one.recordNo), records.map((one) => one.cardSerial), records.map((one) => one.applicationId), records.map((one) => one.personKey),
      records.map((one) => one.municipalityCode), records.map((one) => one.factVersion), records.map((one) => this.cipher.encrypt(FACE, JSON.stringify(one.face))),
      records.map((one) => this.cipher.encrypt(NUMBER, one.number)), records.map((one) => this.cipher.encrypt(SECURITY_CODE, one.securityCode)),
      records.map((one) => one.photoSha256), records.map((one) => one.expiryDate), records.map((one) => one.wishSign), records.map((one) => one.wishAuth),
      records.map((one) => one.issuingOffice), records.map((one) => one.language), records.map((one) => one.residenceExpiry), records.map((one) => this.cipher.encrypt(JUKI_CODE, one.jukiCode)),
    );
  }

  /** The records that are still in the batch, in the order of their numbers. */
  async records(db: Db, batchId: string, page: { readonly after: number; readonly limit: number } = { after: 0, limit: 1_000_000 }): Promise<ProductionRecord[]> {
    return db.many<RecordRow>(`SELECT ${RECORD} FROM production_record WHERE batch_id = $1 AND state = 'IN' AND record_no > $2 ORDER BY record_no LIMIT $3`, batchId, page.after, page.limit);
  }

  async recordOfCard(db: Db, cardSerial: string): Promise<ProductionRecord | undefined> {
    return db.maybe<RecordRow>(`SELECT ${RECORD} FROM production_record WHERE card_serial = $1`, cardSerial);
  }

  async lockRecord(db: Db, batchId: string, cardSerial: string): Promise<ProductionRecord | undefined> {
    return db.maybe<RecordRow>(`SELECT ${RECORD} FROM production_record WHERE batch_id = $1 AND card_serial = $2 FOR UPDATE`, batchId, cardSerial);
  }

  /** Face, number, security code and resident code of records, by record number. */
  async secrets(db: Db, batchId: string, recordNos: readonly number[]): Promise<Map<number, Secrets>> {
    const rows = await db.many<{ record_no: number; face: Buffer; number: Buffer; security_code: Buffer; juki_code: Buffer | null }>(
      'SELECT record_no, face, number, security_code, juki_code FROM production_record WHERE batch_id = $1 AND record_no = ANY($2::int[])', batchId, recordNos,
    );
    return new Map(rows.map((row) => {
      const jukiCode = row.juki_code === null ? null : this.cipher.decrypt(JUKI_CODE, row.juki_code);
      return [row.record_no, { face: this.openFace(row.face), number: this.cipher.decrypt(NUMBER, row.number), securityCode: this.cipher.decrypt(SECURITY_CODE, row.security_code), jukiCode }];
    }));
  }

  /** Only the face: whoever compares facts needs no number. */
  async face(db: Db, cardSerial: string): Promise<FaceFacts | undefined> {
    const row = await db.maybe<{ face: Buffer }>('SELECT face FROM production_record WHERE card_serial = $1', cardSerial);
    return row === undefined ? undefined : this.openFace(row.face);
  }

  async keepRequests(db: Db, batchId: string, requests: readonly { readonly recordNo: number; readonly signCsr: Buffer | undefined; readonly authCsr: Buffer | undefined }[]): Promise<void> {
    await db.run(
      `UPDATE production_record SET sign_csr = coalesce(row.sign, sign_csr), auth_csr = coalesce(row.auth, auth_csr)
       FROM unnest($2::int[], $3::bytea[], $4::bytea[]) AS row (no, sign, auth) WHERE batch_id = $1 AND record_no = row.no`,
      batchId, requests.map((one) => one.recordNo), requests.map((one) => one.signCsr ?? null), requests.map((one) => one.authCsr ?? null),
    );
  }

  async keepCertificate(db: Db, batchId: string, cardSerial: string, certificate: { readonly type: 'SIGN_CERT' | 'AUTH_CERT'; readonly serial: string }): Promise<boolean> {
    const column = certificate.type === 'SIGN_CERT' ? 'sign_serial' : 'auth_serial';
    return (await db.run(`UPDATE production_record SET ${column} = $3 WHERE batch_id = $1 AND card_serial = $2 AND state = 'IN' AND ${column} IS NULL`, batchId, cardSerial, certificate.serial)) === 1;
  }

  async leave(db: Db, cardSerials: readonly string[], state: 'REJECTED' | 'DEFECTIVE', code: string): Promise<void> {
    await db.run('UPDATE production_record SET state = $2, reject_code = $3 WHERE card_serial = ANY($1::text[])', cardSerials, state, code);
  }

  /** Gives each box a number and each card its place; at sealing only. */
  async pack(db: Db, batchId: string, boxes: readonly Packed<{ readonly recordNo: number }>[], now: Date): Promise<void> {
    const rows = await db.many<{ no: number }>("SELECT nextval('box_number') AS no FROM generate_series(1, $1::int)", boxes.length);
    const numbered = boxes.map((box, index) => ({ ...box, boxNo: `BX${String(rows[index]?.no ?? 0).padStart(9, '0')}` }));
    await db.run(
      `INSERT INTO shipping_box (box_no, batch_id, municipality_code, issuing_office, state, moved_at)
       SELECT no, $1, municipality, office, 'PLANNED', $2 FROM unnest($3::text[], $4::text[], $5::text[]) AS row (no, municipality, office)`,
      batchId, now.toISOString(), numbered.map((box) => box.boxNo), numbered.map((box) => box.municipalityCode), numbered.map((box) => box.issuingOffice),
    );
    const places = numbered.flatMap((box) => box.items.map((item, index) => ({ recordNo: item.recordNo, boxNo: box.boxNo, seqInBox: index + 1 })));
    await db.run(
      'UPDATE production_record SET box_no = row.box, seq_in_box = row.seq FROM unnest($2::int[], $3::text[], $4::int[]) AS row (no, box, seq) WHERE batch_id = $1 AND record_no = row.no',
      batchId, places.map((place) => place.recordNo), places.map((place) => place.boxNo), places.map((place) => place.seqInBox),
    );
  }

  async boxes(db: Db, batchId: string): Promise<(Box & { readonly cards: number })[]> {
    return db.many<Box & { cards: number } & Row>(
      `SELECT ${BOX}, (SELECT count(*) FROM production_record record WHERE record.batch_id = box.batch_id AND record.box_no = box.box_no AND record.state = 'IN') AS cards
       FROM shipping_box box WHERE batch_id = $1 ORDER BY box_no`,
      batchId,
    );
  }

  async lockBox(db: Db, boxNo: string): Promise<Box | undefined> {
    return db.maybe<Box & Row>(`SELECT ${BOX} FROM shipping_box WHERE box_no = $1 FOR UPDATE`, boxNo);
  }

  async serialsInBoxes(db: Db, batchId: string, boxNos: readonly string[]): Promise<string[]> {
    const rows = await db.many<{ card_serial: string }>("SELECT card_serial FROM production_record WHERE batch_id = $1 AND box_no = ANY($2::text[]) AND state = 'IN' ORDER BY card_serial", batchId, boxNos);
    return rows.map((row) => row.card_serial);
  }

  async moveBoxes(db: Db, boxNos: readonly string[], state: Box['state'], now: Date): Promise<void> {
    await db.run('UPDATE shipping_box SET state = $2, moved_at = $3 WHERE box_no = ANY($1::text[])', boxNos, state, now.toISOString());
  }

  async openDiscrepancy(db: Db, discrepancy: { readonly discrepancyId: string; readonly box: Box; readonly missing: readonly string[] }, now: Date): Promise<void> {
    await db.run(
      'INSERT INTO shipment_discrepancy (discrepancy_id, box_no, municipality_code, missing, opened_at) VALUES ($1, $2, $3, $4, $5)',
      discrepancy.discrepancyId, discrepancy.box.boxNo, discrepancy.box.municipalityCode, discrepancy.missing, now.toISOString(),
    );
  }

  private openFace(sealed: Buffer): FaceFacts {
    return faceFacts.parse(JSON.parse(this.cipher.decrypt(FACE, sealed)));
  }
}
