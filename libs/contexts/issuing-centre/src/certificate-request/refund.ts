import { z } from 'zod';
import { certificateFeeReturned, issuingCentreProblems } from '#contracts/issuing-centre';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { RequestState } from './certificate-request.js';
import type { CertificateRequest } from './certificate-request.store.js';
import { requestId } from './request-id.js';
import type { RequestDesk } from './request-desk.js';

const spec = useCase({
  action: 'issuing-centre.request.refund',
  kind: 'command',
  summary: 'The fee of copies was given back: of those that were not printed, or of printed ones that nobody can use',
  input: z.strictObject({ requestId, copies: z.int().min(1).max(10), amountYen: z.int().min(0) }),
  output: z.object({ requestId: z.string(), deducted: z.boolean().describe('the municipality gives the fee up') }),
  refusals: [...refusals(issuingCentreProblems, 'AMOUNT_DIFFERS', 'BAD_STATE', 'TIMED_OUT'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

const PRINTED: readonly RequestState[] = ['PRINTED', 'TAKEN', 'LEFT_BEHIND', 'CLOSED'];

/** CARD-4.15: once a request. What was not printed is in nobody's sum; what was printed is deducted. */
export class Refund implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly desk: RequestDesk) {}

  async execute(ctx: Ctx, { requestId: id, copies, amountYen }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const held = await this.desk.held(ctx, id);
    const isDeducted = PRINTED.includes(held.state);
    if (held.state !== 'REFUND_DUE' && !isDeducted) throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
    if (!isRight(held, copies, amountYen, isDeducted)) throw issuingCentreProblems.refuse('AMOUNT_DIFFERS');
    if (!(await this.desk.requests.addRefund(ctx.db, { requestId: id, copies, amountYen, isDeducted }, ctx.now))) throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
    if (isDeducted) await this.tellReturned(ctx, held, copies);
    else await this.desk.move(ctx, held, 'REFUNDED');
    return { requestId: id, deducted: isDeducted };
  }

  private async tellReturned(ctx: Ctx, held: CertificateRequest, copies: number): Promise<void> {
    const told = { ...held, version: held.version + 1 };
    await this.desk.requests.save(ctx.db, told, ctx.now);
    this.desk.tell(ctx, told, certificateFeeReturned, copies);
    ctx.audit({ object: `certificate:${held.id}`, facts: { refundedCopies: copies } });
  }
}

/** All copies that were not printed, or some that were; at the fee of the day. */
function isRight({ copies: asked, priceYen, printedCopies }: CertificateRequest, copies: number, amountYen: number, isDeducted: boolean): boolean {
  if (asked === null || priceYen === null) return false;
  return (isDeducted ? copies <= printedCopies : copies === asked - printedCopies) && amountYen === (priceYen / asked) * copies;
}
