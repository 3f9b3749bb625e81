import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { answerOf, certificateAnswer } from '../certificate/certificate-answer.js';
import type { CertificateStore } from '../certificate/certificate.store.js';
import type { StatusChanges } from '../certificate/status-changes.js';
import type { IssuanceStore } from './issuance.store.js';

const spec = useCase({
  action: 'jpki-ca.certificate.confirm-delivery',
  kind: 'command',
  summary: 'Confirms that the card holds the issued certificate, which comes into force',
  input: z.strictObject({ id: z.uuid(), sha256: z.string().regex(/^[0-9a-f]{64}$/).describe('digest of the octets read back from the card') }),
  output: certificateAnswer,
  refusals: [...refusals(jpkiCaProblems, 'HASH_DIFFERS', 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

export interface ConfirmDeliveryParts {
  readonly issuances: IssuanceStore;
  readonly certificates: CertificateStore;
  readonly changes: StatusChanges;
}

/** JPKI 4.6 no. 6: the terminal wrote, read back and compared. */
export class ConfirmDelivery implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: ConfirmDeliveryParts) {}

  async execute(ctx: Ctx, { id, sha256 }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { issuances, certificates, changes } = this.parts;
    const first = await issuances.find(ctx.db, id);
    if (first === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, first.municipality_code);
    await certificates.lockPersons(ctx.db, [first.person_key]);
    const request = await issuances.find(ctx.db, id);
    const row = await certificates.ofRequest(ctx.db, id);
    if (row === undefined || request?.channel !== 'WINDOW' || request.state === 'UNDELIVERED') throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: request?.state ?? '' } });
    const der = (await certificates.ders(ctx.db, [row])).get(`${row.ca}:${row.serial}`) ?? Buffer.alloc(0);
    if (createHash('sha256').update(der).digest('hex') !== sha256) throw jpkiCaProblems.refuse('HASH_DIFFERS');
    if (request.state === 'SIGNED') {
      await issuances.setState(ctx.db, id, 'DELIVERED', ctx.now);
      await changes.activate(ctx, row, `issuance-request:${id}`);
    }
    return answerOf(ctx, (await certificates.ofRequest(ctx.db, id)) ?? row);
  }
}
