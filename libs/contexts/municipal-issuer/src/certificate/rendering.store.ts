import type { CertificateType } from '#contracts/municipal-issuer';
import type { Db, Row } from '#platform';

export interface Rendering {
  readonly requestId: string;
  /** SHA-256 of the parameters. */
  readonly asked: Buffer;
  readonly type: CertificateType;
  readonly copies: number;
  readonly pageCount: number;
  readonly pdfSha256: Buffer;
  readonly issuedAt: Date;
}

const COLUMNS = 'request_id AS "requestId", asked, type, copies, page_count AS "pageCount", pdf_sha256 AS "pdfSha256", issued_at AS "issuedAt"';

export class RenderingStore {
  async find(db: Db, municipalityCode: string, requestId: string): Promise<Rendering | undefined> {
    return db.maybe<Rendering & Row>(`SELECT ${COLUMNS} FROM rendering WHERE municipality_code = $1 AND request_id = $2`, municipalityCode, requestId);
  }

  /** False when the request was answered meanwhile. */
  async add(db: Db, municipalityCode: string, one: Rendering): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO rendering (municipality_code, request_id, asked, type, copies, page_count, pdf_sha256, issued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (municipality_code, request_id) DO NOTHING`,
      municipalityCode, one.requestId, one.asked, one.type, one.copies, one.pageCount, one.pdfSha256, one.issuedAt.toISOString(),
    );
    return added === 1;
  }

  /** From `from` to before `to`, by request id. */
  async between(db: Db, municipalityCode: string, span: { readonly from: Date; readonly to: Date }, page: { readonly after: string; readonly limit: number }): Promise<Rendering[]> {
    return db.many<Rendering & Row>(
      `SELECT ${COLUMNS} FROM rendering WHERE municipality_code = $1 AND issued_at >= $2 AND issued_at < $3 AND request_id > $4 ORDER BY request_id LIMIT $5`,
      municipalityCode, span.from.toISOString(), span.to.toISOString(), page.after, page.limit,
    );
  }
}
