import { z } from 'zod';
import { CA_IDS, SERIAL_HEX, serialFromHex, serialHex, type CaId } from '../ca/ca.js';
import { platformProblems, requireJurisdiction, type Ctx } from '#platform';
import type { ResidentChangeStore } from '../resident-change/resident-change.store.js';
import { CERTIFICATE_STATES, stateAt } from './certificate.js';
import { statusOf, type CertificateRow, type CertificateStore } from './certificate.store.js';

/** How a certificate is named in paths. */
export const certificateAddress = { ca: z.enum(CA_IDS), serial: z.string().regex(SERIAL_HEX) };

/** What an action rests on: a call, an application, an identity check. Texts of the database have no NUL. */
export const reference = z.string().regex(/^[^\p{Cc}]+$/u).max(100);

/** Metadata of a certificate, without attributes of the holder. */
export const certificateAnswer = z.object({
  ca: z.enum(CA_IDS),
  serial: z.string(),
  type: z.enum(['SIGN_CERT', 'AUTH_CERT']),
  state: z.enum(CERTIFICATE_STATES),
  cardSerial: z.string(),
  municipalityCode: z.string(),
  partitionId: z.string(),
  channel: z.string(),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  issuedAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  reasonCode: z.number().int().optional(),
});

export function answerOf(ctx: Ctx, row: CertificateRow): z.output<typeof certificateAnswer> {
  return {
    ca: row.ca, serial: serialHex(row.serial), type: row.type, state: stateAt(statusOf(row), ctx.now), cardSerial: row.card_serial, municipalityCode: row.municipality_code,
    partitionId: row.partition_id, channel: row.channel, notBefore: row.not_before.toISOString(), notAfter: row.not_after.toISOString(), issuedAt: row.issued_at.toISOString(),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at.toISOString() }),
    ...(row.reason === null ? {} : { reasonCode: row.reason }),
  };
}

/** Finds certificates for those who may act on them. */
export class CertificateDesk {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly residents: ResidentChangeStore,
  ) {}

  /** A municipality reaches the certificates of those who live there now. Refuses NOT_FOUND, OUT_OF_JURISDICTION. */
  async find(ctx: Ctx, ca: CaId, serial: string): Promise<CertificateRow> {
    const row = await this.certificates.find(ctx.db, ca, serialFromHex(serial));
    if (row === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, (await this.residents.municipalityOf(ctx.db, row.person_key)) ?? row.municipality_code);
    return row;
  }

  /** The same with the holder's lock taken: nothing else changes it until the transaction ends. */
  async take(ctx: Ctx, ca: CaId, serial: string): Promise<CertificateRow> {
    const { person_key: personKey } = await this.find(ctx, ca, serial);
    await this.certificates.lockPersons(ctx.db, [personKey]);
    return this.find(ctx, ca, serial);
  }
}
