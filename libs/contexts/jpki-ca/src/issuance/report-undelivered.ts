import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { answerOf, certificateAnswer } from '../certificate/certificate-answer.js';
import { endUndelivered, type UndeliveredParts } from './undelivered.js';

const spec = useCase({
  action: 'jpki-ca.certificate.report-undelivered',
  kind: 'command',
  summary: 'The terminal could not write the issued certificate, or read back something else; it is revoked at once and another one can be asked for',
  input: z.strictObject({ id: z.uuid() }),
  output: certificateAnswer,
  refusals: [...refusals(jpkiCaProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** SIGNED -> UNDELIVERED by the terminal's report, instead of after 24 hours; one that was reported stays so (JPKI 3.3). */
export class ReportUndelivered implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: UndeliveredParts) {}

  async execute(ctx: Ctx, { id }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { certificates, issuances } = this.parts;
    const first = found(await issuances.find(ctx.db, id));
    requireJurisdiction(ctx, first.municipality_code);
    await certificates.lockPersons(ctx.db, [first.person_key]);
    const request = await issuances.find(ctx.db, id);
    const row = await certificates.ofRequest(ctx.db, id);
    const isEnded = request?.state === 'UNDELIVERED';
    if (row === undefined || request?.channel !== 'WINDOW' || !(isEnded || request.state === 'SIGNED')) throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: request?.state ?? '' } });
    if (isEnded) ctx.audit({ object: `issuance-request:${id}`, subjects: [row.person_key] });
    else await endUndelivered(ctx, this.parts, row, true);
    return answerOf(ctx, found(await certificates.ofRequest(ctx.db, id)));
  }
}
