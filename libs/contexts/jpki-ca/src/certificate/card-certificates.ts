import type { Ctx } from '#platform';
import { serialHex } from '../ca/ca.js';
import { stateAt } from './certificate.js';
import { statusOf, type CertificateRow, type CertificateStore } from './certificate.store.js';

/** The rows as neighbours see them, with their octets. */
export async function cardCertificates(ctx: Ctx, certificates: CertificateStore, rows: readonly CertificateRow[]) {
  const ders = await certificates.ders(ctx.db, rows);
  return rows.map((row) => ({
    type: row.type,
    serial: serialHex(row.serial),
    state: stateAt(statusOf(row), ctx.now),
    notAfter: row.not_after.toISOString(),
    der: ders.get(`${row.ca}:${row.serial}`) ?? Buffer.alloc(0),
  }));
}
