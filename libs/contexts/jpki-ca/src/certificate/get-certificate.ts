import { z } from 'zod';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { answerOf, certificateAddress, certificateAnswer, type CertificateDesk } from './certificate-answer.js';

const spec = useCase({
  action: 'jpki-ca.certificate.read',
  kind: 'question',
  summary: 'State and dates of a certificate',
  input: z.strictObject(certificateAddress),
  output: certificateAnswer,
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class GetCertificate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly desk: CertificateDesk) {}

  async execute(ctx: Ctx, { ca, serial }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const row = await this.desk.find(ctx, ca, serial);
    ctx.audit({ object: `certificate:${ca}:${serial.toLowerCase()}`, subjects: [row.person_key] });
    return answerOf(ctx, row);
  }
}
