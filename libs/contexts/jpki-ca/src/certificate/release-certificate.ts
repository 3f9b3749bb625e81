import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { answerOf, certificateAddress, certificateAnswer, reference, type CertificateDesk } from './certificate-answer.js';
import type { StatusChanges } from './status-changes.js';

const spec = useCase({
  action: 'jpki-ca.certificate.release',
  kind: 'command',
  summary: 'Releases a hold; the holder stands at the counter',
  input: z.strictObject({ ...certificateAddress, identityRef: reference.describe('record of the identity check at the counter') }),
  output: certificateAnswer,
  refusals: [...refusals(jpkiCaProblems, 'NOT_IN_STATE', 'RELEASE_NOT_IN_PERSON'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** JPKI 3.9, CARD 4.10: never by telephone, so never by the agency's own staff. */
export class ReleaseCertificate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly desk: CertificateDesk,
    private readonly changes: StatusChanges,
  ) {}

  async execute(ctx: Ctx, { ca, serial, identityRef }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (ctx.actor.kind !== 'municipality') throw jpkiCaProblems.refuse('RELEASE_NOT_IN_PERSON');
    const row = await this.desk.take(ctx, ca, serial);
    const released = await this.changes.release(ctx, row, identityRef);
    if (!released && row.state !== 'VALID') throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: answerOf(ctx, row).state } });
    return answerOf(ctx, await this.desk.find(ctx, ca, serial));
  }
}
