import type { CopyValue, Db, FieldCipher, Row } from '#platform';
import { z } from 'zod';
import { type GaijiCounts, INTAKE_COLUMNS, type IntakeRow } from './intake-row.js';

export const NOTICE_STATES = ['APPLIED', 'QUARANTINED', 'HELD', 'REJECTED'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** A notice in the register of notices; the lineage of its resident code is the person key. */
export interface NoticeRecord {
  readonly noticeId: string;
  readonly municipalityCode: string;
  readonly personKey: string;
  readonly personSeq: number;
  readonly municipalSeq: number;
  readonly contentIndex: Buffer;
  readonly changeReason: string;
  readonly changeDate: string;
  readonly state: NoticeState;
  readonly code?: string | undefined;
  /** What a held notice says, to be applied later. */
  readonly held?: IntakeRow | undefined;
  /** What leads from a confirmed search to an entry that is held for it (JUKI-7). */
  readonly searchIndex?: Buffer | undefined;
  readonly fileId?: string | undefined;
  /** Line of the file, of a notice that had to wait: its rejection must still find the row. */
  readonly line?: number | undefined;
  readonly receivedAt: string;
  readonly notifiedOn?: string | undefined;
  readonly managementNo?: string | undefined;
  readonly changeReasonDetail?: string | undefined;
  /** Of a notice that has any. */
  readonly gaiji?: GaijiCounts | undefined;
}

interface NoticeRow extends Row {
  readonly notice_id: string;
  readonly municipality_code: string;
  readonly person_key: string;
  readonly person_seq: number;
  readonly municipal_seq: number;
  readonly content_index: Buffer;
  readonly change_reason: string;
  readonly change_date: string;
  readonly state: NoticeState;
  readonly code: string | null;
  readonly sealed: Buffer | null;
  readonly search_index: Buffer | null;
  readonly file_id: string | null;
  readonly line: number | null;
  readonly received_at: Date;
  readonly gaiji_name: number | null;
  readonly gaiji_address: number | null;
  readonly notified_on: string | null;
  readonly management_no: string | null;
  readonly reason_detail: Buffer | null;
}

const SEALED_COLUMN = 'change_notice.sealed';
const DETAIL_COLUMN = 'change_notice.reason_detail';
const COLUMNS = 'municipality_code, person_key, person_seq, notice_id, municipal_seq, content_index, change_reason, change_date, state, code, sealed, file_id, received_at, line, search_index, notified_on, gaiji_name, gaiji_address, management_no, reason_detail';
const heldRow = z.partialRecord(z.enum(INTAKE_COLUMNS), z.string());

export class ChangeNoticeStore {
  constructor(private readonly cipher: FieldCipher) {}

  contentIndex(text: string): Buffer {
    return this.cipher.blindIndex('change-notice', text);
  }

  /** All notices of one municipality about these persons. */
  async ofPersons(db: Db, municipalityCode: string, personKeys: readonly string[]): Promise<NoticeRecord[]> {
    if (personKeys.length === 0) return [];
    const rows = await db.many<NoticeRow>(`SELECT ${COLUMNS} FROM change_notice WHERE municipality_code = $1 AND person_key = ANY($2::uuid[])`, municipalityCode, personKeys);
    return rows.map((row) => this.toRecord(row));
  }

  async find(db: Db, noticeId: string): Promise<NoticeRecord | undefined> {
    const row = await db.maybe<NoticeRow>(`SELECT ${COLUMNS} FROM change_notice WHERE notice_id = $1`, noticeId);
    return row === undefined ? undefined : this.toRecord(row);
  }

  /** Whether the municipality has locked its last record of the person (更新禁止フラグ). */
  async isLocked(db: Db, { municipalityCode, personKey }: NoticeRecord): Promise<boolean> {
    const row = await db.maybe<{ update_lock: boolean }>('SELECT update_lock FROM segment WHERE person_key = $1 AND municipality_code = $2 ORDER BY stay DESC LIMIT 1', personKey, municipalityCode);
    return row?.update_lock ?? false;
  }

  /** New ones by COPY. */
  async add(db: Db, records: readonly NoticeRecord[]): Promise<void> {
    if (records.length > 0) await db.copyIn(`change_notice(${COLUMNS})`, records.map((record) => this.values(record)));
  }

  /** Replaces the state of held notices, and a rejected notice by a corrected one of the same sequence number. */
  async replace(db: Db, records: readonly NoticeRecord[]): Promise<void> {
    for (const record of records) {
      await db.run(
        `UPDATE change_notice SET notice_id = $4, municipal_seq = $5, content_index = $6, change_reason = $7, change_date = $8, state = $9, code = $10, sealed = $11, file_id = $12, received_at = $13, line = $14, search_index = $15, notified_on = $16,
           gaiji_name = $17, gaiji_address = $18, management_no = $19, reason_detail = $20
         WHERE municipality_code = $1 AND person_key = $2 AND person_seq = $3`,
        ...this.values(record),
      );
    }
  }

  /** Of whom entries of the municipality wait for a search that says what this one does: the same as a person, or nobody known. */
  async awaitingSearch(db: Db, municipalityCode: string, found: { readonly searchIndex: Buffer; readonly samePersonKey: string | undefined }): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>(
      `SELECT DISTINCT person_key FROM change_notice WHERE municipality_code = $1 AND state = 'HELD' AND search_index IS NOT NULL
         AND CASE WHEN $3::uuid IS NULL THEN search_index = $2 ELSE person_key = $3 END ORDER BY person_key`,
      municipalityCode, found.searchIndex, found.samePersonKey ?? null,
    );
    return rows.map((row) => row.person_key);
  }

  /** Rejects what waits for a person, of every municipality; a rejected number can be sent again (JUKI-4.5.1). */
  async rejectHeld(db: Db, personKey: string, code: string): Promise<Pick<NoticeRecord, 'fileId' | 'line'>[]> {
    const rows = await db.many<Pick<NoticeRow, 'file_id' | 'line'> & Row>(
      "UPDATE change_notice SET state = 'REJECTED', code = $2, sealed = NULL, search_index = NULL WHERE person_key = $1 AND state = 'HELD' RETURNING file_id, line",
      personKey, code,
    );
    return rows.map((row) => ({ fileId: row.file_id ?? undefined, line: row.line ?? undefined }));
  }

  /**
   * Moves what waits for `from` to `to`, in the place of rejected notices of the same number; what finds its number in use stays.
   * Answers the municipalities of the moved ones.
   */
  async moveHeld(db: Db, from: string, to: string): Promise<Set<string>> {
    await db.run(
      `DELETE FROM change_notice r USING change_notice h WHERE h.person_key = $1 AND h.state = 'HELD'
         AND r.municipality_code = h.municipality_code AND r.person_key = $2 AND r.person_seq = h.person_seq AND r.state = 'REJECTED'`,
      from, to,
    );
    const rows = await db.many<{ municipality_code: string }>(
      `UPDATE change_notice h SET person_key = $2 WHERE h.person_key = $1 AND h.state = 'HELD' AND NOT EXISTS (
         SELECT 1 FROM change_notice r WHERE r.municipality_code = h.municipality_code AND r.person_key = $2 AND r.person_seq = h.person_seq)
       RETURNING h.municipality_code`,
      from, to,
    );
    return new Set(rows.map((row) => row.municipality_code));
  }

  private values(record: NoticeRecord): CopyValue[] {
    return [
      record.municipalityCode, record.personKey, record.personSeq, record.noticeId, record.municipalSeq, record.contentIndex, record.changeReason, record.changeDate,
      record.state, record.code ?? null, record.held === undefined ? null : this.cipher.encrypt(SEALED_COLUMN, JSON.stringify(record.held)), record.fileId ?? null, record.receivedAt, record.line ?? null, record.searchIndex ?? null, record.notifiedOn ?? null,
      record.gaiji?.gaijiCountName ?? null, record.gaiji?.gaijiCountAddress ?? null, record.managementNo ?? null,
      record.changeReasonDetail === undefined ? null : this.cipher.encrypt(DETAIL_COLUMN, record.changeReasonDetail),
    ];
  }

  private toRecord(row: NoticeRow): NoticeRecord {
    return {
      noticeId: row.notice_id, municipalityCode: row.municipality_code, personKey: row.person_key, personSeq: row.person_seq, municipalSeq: row.municipal_seq,
      contentIndex: row.content_index, changeReason: row.change_reason, changeDate: row.change_date, state: row.state, code: row.code ?? undefined,
      held: row.sealed === null ? undefined : heldRow.parse(JSON.parse(this.cipher.decrypt(SEALED_COLUMN, row.sealed))),
      searchIndex: row.search_index ?? undefined, fileId: row.file_id ?? undefined, line: row.line ?? undefined, receivedAt: row.received_at.toISOString(), notifiedOn: row.notified_on ?? undefined,
      gaiji: row.gaiji_name === null ? undefined : { gaijiCountName: row.gaiji_name, gaijiCountAddress: row.gaiji_address ?? 0 },
      managementNo: row.management_no ?? undefined, changeReasonDetail: row.reason_detail === null ? undefined : this.cipher.decrypt(DETAIL_COLUMN, row.reason_detail),
    };
  }
}
