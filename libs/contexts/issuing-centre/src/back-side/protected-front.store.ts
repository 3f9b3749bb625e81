import type { Db, Row } from '#platform';
import type { ProtectedFront } from './protected-front.js';

export class ProtectedFrontStore {
  async find(db: Db, requestId: string): Promise<ProtectedFront | undefined> {
    return db.maybe<ProtectedFront & Row>(
      `SELECT request_id AS "requestId", municipality_code AS "municipalityCode", pdf_sha256 AS "pdfSha256", kid, page_count AS "pageCount", issued_at AS "issuedAt", revoked_at AS "revokedAt"
       FROM protected_front WHERE request_id = $1`, requestId,
    );
  }

  /** False when another front of this request was protected: a request has one. */
  async add(db: Db, front: Omit<ProtectedFront, 'revokedAt'>): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO protected_front (request_id, municipality_code, pdf_sha256, kid, page_count, issued_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (request_id) DO UPDATE SET kid = excluded.kid WHERE protected_front.pdf_sha256 = excluded.pdf_sha256 AND protected_front.revoked_at IS NULL`,
      front.requestId, front.municipalityCode, front.pdfSha256, front.kid, front.pageCount, front.issuedAt.toISOString(),
    );
    return added === 1;
  }

  /** Harmless to repeat. */
  async revoke(db: Db, requestId: string, at: Date): Promise<void> {
    await db.run('UPDATE protected_front SET revoked_at = coalesce(revoked_at, $2) WHERE request_id = $1', requestId, at.toISOString());
  }
}
