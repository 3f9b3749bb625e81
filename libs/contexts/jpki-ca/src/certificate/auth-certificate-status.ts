import { authCertificateStatus, jpkiCaProblems } from '#contracts/jpki-ca';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { Authorities } from '../ca/authorities.js';
import { SERIAL_HEX, serialFromHex, serialHex } from '../ca/ca.js';
import { statusAnswer } from '../ocsp/ocsp.js';
import type { SigningGuard } from '../reconciliation/signing-guard.js';
import { predecessorsOf, queriedStatus } from '../verifier/status-query.js';
import type { StatusQueryStore } from '../verifier/status-query.store.js';
import type { CertificateStore } from './certificate.store.js';

const spec = useCase({
  action: 'jpki-ca.auth-certificate.read-status',
  kind: 'question',
  summary: 'Status of an authentication certificate, its issuer and those it renewed, for the certificate issuing centre',
  input: authCertificateStatus.input,
  output: authCertificateStatus.output,
  refusals: refusals(jpkiCaProblems, 'STATUS_NOT_FRESH'),
});

/** CARD-4.15; refused while the clock went back or the database is behind (JPKI 7). */
export class AuthCertificateStatus implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: { readonly authorities: Authorities; readonly certificates: CertificateStore; readonly guard: SigningGuard; readonly links: StatusQueryStore }) {}

  async execute(ctx: Ctx, { serial }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { authorities, certificates, guard, links } = this.parts;
    if (!guard.isTrusted()) throw jpkiCaProblems.refuse('STATUS_NOT_FRESH');
    const row = SERIAL_HEX.test(serial) ? await certificates.find(ctx.db, 'auth', serialFromHex(serial)) : undefined;
    ctx.audit({ object: `certificate:auth:${serial.toLowerCase()}`, subjects: row === undefined ? [] : [row.person_key] });
    if (row === undefined) return { status: 'UNKNOWN' };
    const { status } = queriedStatus(statusAnswer({ state: row.state, notAfter: row.not_after, issuedAt: row.issued_at, revokedAt: row.revoked_at ?? undefined, reason: row.reason ?? undefined }, ctx.now));
    const chain = await links.links(ctx.db, ['auth'], [row.person_key]);
    const { der } = await authorities.certificate(ctx.db, 'auth', row.generation);
    return { status, cardSerial: row.card_serial, issuer: der, predecessors: predecessorsOf(chain, row.serial).map(serialHex) };
  }
}
