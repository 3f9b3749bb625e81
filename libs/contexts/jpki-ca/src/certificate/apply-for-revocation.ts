import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { PkiError, parseCertificate, verifySignedData, type SignedContent } from '#pki';
import { refusals, useCase, type Ctx, type FieldCipher, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_IDS, serialFromHex, serialHex } from '../ca/ca.js';
import { certificateAddress } from './certificate-answer.js';
import { stateAt } from './certificate.js';
import { statusOf, type CertificateRow, type CertificateStore } from './certificate.store.js';
import type { StatusChanges } from './status-changes.js';

/** An application is taken so long after it was signed, or before by a clock that is ahead. */
const FRESH_MS = 600_000;

/** What the holder signs; the certificate is named inside, so that one application ends nothing else. */
const signedWords = z.strictObject({ action: z.literal('REVOKE'), ca: certificateAddress.ca, serial: certificateAddress.serial });

const spec = useCase({
  action: 'jpki-ca.certificate.apply-for-revocation',
  kind: 'command',
  summary: 'A holder ends a certificate by an application that is signed with it: CMS SignedData over `{"action":"REVOKE","ca":"sign","serial":"0a1b"}`, ten minutes old at most by its signing time',
  input: z.strictObject({ ...certificateAddress, application: z.base64().max(16_384).describe('DER') }),
  output: z.object({ ca: z.enum(CA_IDS), serial: z.string(), state: z.literal('REVOKED'), recordedAt: z.iso.datetime() }),
  refusals: refusals(jpkiCaProblems, 'ALREADY_FINAL', 'APPLICATION_NOT_SIGNED', 'NOT_IN_STATE'),
});

/** Cause 1 of JPKI 4.7, online (公的個人認証法 art. 9, 28). Who has no such certificate learns nothing of it. */
export class ApplyForRevocation implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly certificates: CertificateStore,
    private readonly changes: StatusChanges,
    private readonly cipher: FieldCipher,
  ) {}

  async execute(ctx: Ctx, { ca, serial, application }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const known = await this.certificates.find(ctx.db, ca, serialFromHex(serial));
    if (known === undefined || !(await this.isSigned(ctx, known, application))) throw jpkiCaProblems.refuse('APPLICATION_NOT_SIGNED');
    await this.certificates.lockPersons(ctx.db, [known.person_key]);
    const row = (await this.certificates.find(ctx.db, ca, known.serial)) ?? known;
    const state = stateAt(statusOf(row), ctx.now);
    if (state === 'REVOKED') throw jpkiCaProblems.refuse('ALREADY_FINAL');
    if (state !== 'VALID') throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state } });
    const sha256 = createHash('sha256').update(application, 'base64').digest();
    await ctx.db.run(
      'INSERT INTO revocation_application VALUES ($1, $2, $3, $4, $5)', sha256, ca, row.serial, this.cipher.encryptOctets('revocation_application.application', Buffer.from(application, 'base64')), ctx.now.toISOString(),
    );
    await this.changes.revoke(ctx, row, { cause: 'HOLDER_APPLICATION', sourceRef: `application:${sha256.toString('hex')}` });
    return { ca, serial: serialHex(row.serial), state: 'REVOKED', recordedAt: ctx.now.toISOString() };
  }

  private async isSigned(ctx: Ctx, row: CertificateRow, application: string): Promise<boolean> {
    const der = (await this.certificates.ders(ctx.db, [row])).get(`${row.ca}:${row.serial}`);
    const signed = der && contentOf(Buffer.from(application, 'base64'), der);
    if (signed?.signedAt === undefined || Math.abs(ctx.now.getTime() - signed.signedAt.getTime()) > FRESH_MS) return false;
    const { success, data } = signedWords.safeParse(jsonOf(signed.content));
    return success && data.ca === row.ca && serialFromHex(data.serial) === row.serial;
  }
}

function contentOf(application: Buffer, certificate: Buffer): SignedContent | undefined {
  try {
    return verifySignedData(application, parseCertificate(certificate));
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
}
