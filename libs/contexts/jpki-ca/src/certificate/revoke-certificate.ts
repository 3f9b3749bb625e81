import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { answerOf, certificateAddress, certificateAnswer, reference, type CertificateDesk } from './certificate-answer.js';
import { CAUSES, REPORTABLE_CAUSES } from './revocation-cause.js';
import type { CertificateRow } from './certificate.store.js';
import type { StatusChanges } from './status-changes.js';

const spec = useCase({
  action: 'jpki-ca.certificate.revoke',
  kind: 'command',
  summary: 'Revokes a certificate on application or report; effective at once',
  input: z.strictObject({
    ...certificateAddress,
    cause: z.enum(REPORTABLE_CAUSES),
    evidenceRef: reference.describe('the application or report it rests on'),
    invalidityDate: z.iso.datetime().optional().describe('when the key was lost or leaked, as far as known; in the life of the certificate, not in the future'),
  }),
  output: certificateAnswer,
  refusals: [...refusals(jpkiCaProblems, 'ALREADY_FINAL', 'CAUSE_NOT_PERMITTED'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** Causes 1, 2 and 4 of JPKI 4.7. An expired certificate stays as it is; a revoked one only becomes worse (JPKI 3.5). */
export class RevokeCertificate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly desk: CertificateDesk,
    private readonly changes: StatusChanges,
  ) {}

  async execute(ctx: Ctx, { ca, serial, cause, evidenceRef, invalidityDate }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { sources, reason } = CAUSES[cause];
    if (!sources.some((source) => source === ctx.actor.kind)) throw jpkiCaProblems.refuse('CAUSE_NOT_PERMITTED');
    const row = await this.desk.take(ctx, ca, serial);
    const invalid = invalidityDate === undefined ? undefined : invalidityOf(row, new Date(invalidityDate), ctx.now);
    // RFC 5280 5.3.2: the date says since when the key cannot be trusted; other causes have none.
    const dated = cause === 'KEY_LEAKED_OR_LOST' ? { invalidityDate: invalid } : {};
    const decision = await this.changes.revoke(ctx, row, { cause, sourceRef: evidenceRef, ...dated });
    if (decision === 'FINAL') throw jpkiCaProblems.refuse('ALREADY_FINAL', { facts: { reasonCode: row.reason ?? reason } });
    return answerOf(ctx, await this.desk.find(ctx, ca, serial));
  }
}

/** A mistyped date would stand in every list of the municipality (JPKI 4.8). */
function invalidityOf(row: CertificateRow, date: Date, now: Date): Date {
  if (date < row.not_before || date > now) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/invalidityDate', code: 'OUT_OF_RANGE' }] });
  return date;
}
