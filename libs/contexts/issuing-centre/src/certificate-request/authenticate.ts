import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { ordinanceId } from '../resident-link/link-resident.js';
import { isSkewed } from './certificate-request.js';
import { ACCESSES, type CertificateRequest } from './certificate-request.store.js';
import type { HolderCheck, HolderVerdict } from './holder-check.js';
import { requestId } from './request-id.js';
import type { RequestDesk } from './request-desk.js';

const octets = (most: number) => z.base64().max(most).transform((text) => Buffer.from(text, 'base64'));
const common = { requestId, kioskTime: z.iso.datetime({ offset: true }), signature: octets(1_024).describe('of the card over the challenge, base64') };

const spec = useCase({
  action: 'issuing-centre.session.authenticate',
  kind: 'process',
  summary: 'The card proves its holder by the signed challenge; certificate and card have to be in force',
  input: z.discriminatedUnion('kind', [
    z.strictObject({ ...common, kind: z.literal('AUTH_CERT'), certificate: octets(8_192).describe('DER, base64') }),
    z.strictObject({ ...common, kind: z.literal('ORDINANCE_AP'), ordinanceId }),
  ]),
  output: z.object({ requestId: z.string(), state: z.literal('AUTHENTICATED'), access: z.enum(ACCESSES).describe('DOMICILE: certificates of the family register alone; NONE: a registration is needed first') }),
  refusals: [
    ...refusals(issuingCentreProblems, 'BAD_STATE', 'CARD_NOT_ACTIVE', 'CERT_INVALID', 'CERT_STATUS_UNAVAILABLE', 'CLOCK_SKEW', 'NONCE_REUSED', 'NOT_LINKED', 'SIGNATURE_INVALID', 'TIMED_OUT'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
  ],
});

/** CARD-4.15 steps 2 to 4. The nonce is used up before anything is looked at: whoever shows it again gets nothing. */
export class Authenticate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly desk: RequestDesk,
    private readonly holders: HolderCheck,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const request = await ctx.transaction((tx) => this.begin(tx, input));
    const verdict = await this.judge(ctx, request, input);
    await ctx.transaction(async (tx) => {
      const held = await this.desk.held(tx, request.id);
      if ('fault' in verdict) await this.desk.move(tx, held, 'REFUSED', { reason: verdict.fault });
      else await this.desk.move(tx, held, 'AUTHENTICATED', verdict);
    });
    if ('fault' in verdict) throw issuingCentreProblems.refuse(verdict.fault);
    return { requestId: request.id, state: 'AUTHENTICATED', access: verdict.access };
  }

  private async begin(tx: Ctx, input: InputOf<typeof spec>): Promise<CertificateRequest> {
    const held = await this.desk.held(tx, input.requestId);
    if (held.nonceUsedAt !== null) throw issuingCentreProblems.refuse('NONCE_REUSED');
    if (held.state !== 'OPENED') throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
    if (isSkewed(new Date(input.kioskTime), tx.now)) throw issuingCentreProblems.refuse('CLOCK_SKEW');
    if (!(await this.desk.requests.takeNonce(tx.db, held.id, tx.now))) throw issuingCentreProblems.refuse('NONCE_REUSED');
    return held;
  }

  private async judge(ctx: Ctx, request: CertificateRequest, input: InputOf<typeof spec>): Promise<HolderVerdict> {
    if (input.kind === 'AUTH_CERT') return this.holders.byCertificate(ctx, request, input.certificate, input.signature);
    return this.holders.byOrdinanceId(ctx, request, input.ordinanceId, input.signature);
  }
}
