import type { CertificateOption, CertificateType } from '#contracts/municipal-issuer';
import { localDateInJapan } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import type { RequestState } from './certificate-request.js';

/** How the municipality that is asked knows the holder: as its resident, by the registration of the domicile, or not at all. */
export const ACCESSES = ['RESIDENCE', 'DOMICILE', 'NONE'] as const;
export type Access = (typeof ACCESSES)[number];

export interface CertificateRequest {
  readonly id: string;
  readonly operator: string;
  readonly kioskId: string;
  readonly municipalityCode: string;
  readonly state: RequestState;
  readonly version: number;
  readonly nonce: Buffer;
  readonly nonceUsedAt: Date | null;
  readonly serial: string | null;
  readonly cardSerial: string | null;
  readonly access: Access | null;
  readonly residentKey: string | null;
  readonly type: CertificateType | null;
  readonly options: readonly CertificateOption[];
  readonly copies: number | null;
  readonly priceYen: number | null;
  readonly pageCount: number | null;
  readonly printedCopies: number;
  readonly paymentRef: string | null;
  readonly reason: string | null;
  readonly deadline: Date | null;
  readonly openedAt: Date;
  readonly paidAt: Date | null;
  readonly sentAt: Date | null;
  readonly printedAt: Date | null;
}

type SealedRow = Omit<CertificateRequest, 'residentKey'> & { readonly residentKey: Buffer | null } & Row;

const COLUMNS = `id, operator, kiosk_id AS "kioskId", municipality_code AS "municipalityCode", state, version, nonce, nonce_used_at AS "nonceUsedAt", serial,
  card_serial AS "cardSerial", access, resident_key AS "residentKey", type, options, copies, price_yen AS "priceYen", page_count AS "pageCount",
  printed_copies AS "printedCopies", payment_ref AS "paymentRef", reason, deadline, opened_at AS "openedAt", paid_at AS "paidAt", sent_at AS "sentAt", printed_at AS "printedAt"`;
const RESIDENT_KEY = 'certificate_request.resident_key';

export type OpenedRequest = Pick<CertificateRequest, 'id' | 'operator' | 'kioskId' | 'municipalityCode' | 'nonce' | 'deadline'>;

export class CertificateRequestStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** As `REQ-20160201-0000001`, by the day in Japan. */
  async nextId(db: Db, now: Date): Promise<string> {
    const { no } = await db.one<{ no: number }>("SELECT nextval('certificate_request_no') AS no");
    return `REQ-${localDateInJapan(now).replaceAll('-', '')}-${String(no).padStart(7, '0')}`;
  }

  /** False while another session stands at the kiosk. */
  async add(db: Db, opened: OpenedRequest, at: Date): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO certificate_request (id, operator, kiosk_id, municipality_code, state, version, nonce, deadline, opened_at, changed_at)
       VALUES ($1, $2, $3, $4, 'OPENED', 1, $5, $6, $7, $7) ON CONFLICT DO NOTHING`,
      opened.id, opened.operator, opened.kioskId, opened.municipalityCode, opened.nonce, opened.deadline?.toISOString() ?? null, at.toISOString(),
    );
    return added === 1;
  }

  async find(db: Db, id: string): Promise<CertificateRequest | undefined> {
    return this.opened(await db.maybe<SealedRow>(`SELECT ${COLUMNS} FROM certificate_request WHERE id = $1`, id));
  }

  async lock(db: Db, id: string): Promise<CertificateRequest | undefined> {
    return this.opened(await db.maybe<SealedRow>(`SELECT ${COLUMNS} FROM certificate_request WHERE id = $1 FOR UPDATE`, id));
  }

  /** The session that stands at a kiosk, locked. */
  async lockAtKiosk(db: Db, operator: string, kioskId: string): Promise<CertificateRequest | undefined> {
    return this.opened(await db.maybe<SealedRow>(
      `SELECT ${COLUMNS} FROM certificate_request WHERE operator = $1 AND kiosk_id = $2
         AND state NOT IN ('ABANDONED', 'REFUSED', 'FAILED', 'EXPIRED', 'CLOSED', 'REFUND_DUE', 'REFUNDED') FOR UPDATE`,
      operator, kioskId,
    ));
  }

  async hasOverdue(db: Db, now: Date): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM certificate_request WHERE deadline <= $1 LIMIT 1', now.toISOString())) !== undefined;
  }

  /** Those whose time is over; what somebody works on at this moment comes next time. */
  async lockOverdue(db: Db, now: Date, limit: number): Promise<CertificateRequest[]> {
    const rows = await db.many<SealedRow>(`SELECT ${COLUMNS} FROM certificate_request WHERE deadline <= $1 ORDER BY deadline LIMIT $2 FOR UPDATE SKIP LOCKED`, now.toISOString(), limit);
    return rows.flatMap((row) => this.opened(row) ?? []);
  }

  async list(db: Db, filter: { readonly municipalityCode: string; readonly state: RequestState; readonly after: string; readonly limit: number }): Promise<CertificateRequest[]> {
    const rows = await db.many<SealedRow>(
      `SELECT ${COLUMNS} FROM certificate_request WHERE municipality_code = $1 AND state = $2 AND id > $3 ORDER BY id LIMIT $4`, filter.municipalityCode, filter.state, filter.after, filter.limit,
    );
    return rows.flatMap((row) => this.opened(row) ?? []);
  }

  /** False when the nonce was used before. */
  async takeNonce(db: Db, id: string, at: Date): Promise<boolean> {
    return (await db.run('UPDATE certificate_request SET nonce_used_at = $2 WHERE id = $1 AND nonce_used_at IS NULL', id, at.toISOString())) === 1;
  }

  async save(db: Db, request: CertificateRequest, at: Date): Promise<void> {
    await db.run(
      `UPDATE certificate_request SET state = $2, version = $3, serial = $4, card_serial = $5, access = $6, resident_key = $7, type = $8, options = $9, copies = $10,
         price_yen = $11, page_count = $12, printed_copies = $13, payment_ref = $14, reason = $15, deadline = $16, paid_at = $17, sent_at = $18, printed_at = $19,
         changed_at = $20 WHERE id = $1`,
      request.id, request.state, request.version, request.serial, request.cardSerial, request.access,
      request.residentKey === null ? null : this.cipher.encrypt(RESIDENT_KEY, request.residentKey), request.type, request.options, request.copies,
      request.priceYen, request.pageCount, request.printedCopies, request.paymentRef, request.reason, iso(request.deadline), iso(request.paidAt), iso(request.sentAt),
      iso(request.printedAt), at.toISOString(),
    );
  }

  async keepContent(db: Db, id: string, sealed: Buffer): Promise<void> {
    await db.run('INSERT INTO certificate_content (request_id, sealed) VALUES ($1, $2)', id, sealed);
  }

  /** Erased with the reading: it is sent once, or never. */
  async takeContent(db: Db, id: string): Promise<Buffer | undefined> {
    const row = await db.maybe<{ sealed: Buffer }>('DELETE FROM certificate_content WHERE request_id = $1 RETURNING sealed', id);
    return row?.sealed;
  }

  /** False when the request has a refund already. */
  async addRefund(db: Db, refund: { readonly requestId: string; readonly copies: number; readonly amountYen: number; readonly isDeducted: boolean }, at: Date): Promise<boolean> {
    const { requestId, copies, amountYen, isDeducted } = refund;
    return (await db.run('INSERT INTO refund (request_id, copies, amount_yen, is_deducted, refunded_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING', requestId, copies, amountYen, isDeducted, at.toISOString())) === 1;
  }

  private opened(row: SealedRow | undefined): CertificateRequest | undefined {
    if (row === undefined) return undefined;
    return { ...row, residentKey: row.residentKey === null ? null : this.cipher.decrypt(RESIDENT_KEY, row.residentKey) };
  }
}

function iso(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
