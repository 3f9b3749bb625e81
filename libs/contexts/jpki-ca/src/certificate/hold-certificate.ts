import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { answerOf, certificateAddress, certificateAnswer, reference, type CertificateDesk } from './certificate-answer.js';
import type { StatusChanges } from './status-changes.js';

const spec = useCase({
  action: 'jpki-ca.certificate.hold',
  kind: 'command',
  summary: 'Puts a certificate on hold after a loss call',
  input: z.strictObject({ ...certificateAddress, callRef: reference }),
  output: certificateAnswer,
  refusals: [...refusals(jpkiCaProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** JPKI 3.9: by telephone at any hour. What is on hold already stays so. */
export class HoldCertificate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly desk: CertificateDesk,
    private readonly changes: StatusChanges,
  ) {}

  async execute(ctx: Ctx, { ca, serial, callRef }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const row = await this.desk.take(ctx, ca, serial);
    const held = await this.changes.hold(ctx, row, callRef);
    if (!held && row.state !== 'HELD') throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: answerOf(ctx, row).state } });
    return answerOf(ctx, await this.desk.find(ctx, ca, serial));
  }
}
