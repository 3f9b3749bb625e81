import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { REQUEST_STATES } from './certificate-request.js';
import { requestId } from './request-id.js';
import type { RequestDesk } from './request-desk.js';

const answer = z.object({ requestId: z.string(), state: z.enum(REQUEST_STATES) });
const refused = [...refusals(issuingCentreProblems, 'BAD_STATE', 'TIMED_OUT'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')];

const traySpec = useCase({
  action: 'issuing-centre.session.report-tray',
  kind: 'command',
  summary: 'The paper was taken, the card was removed',
  input: z.strictObject({ requestId, paperTaken: z.boolean(), cardRemoved: z.boolean() }),
  output: answer,
  refusals: refused,
});

/** CARD-4.17: the session is over when paper and card are gone. */
export class ReportTray implements UseCase<typeof traySpec> {
  readonly spec = traySpec;

  constructor(private readonly desk: RequestDesk) {}

  async execute(ctx: Ctx, input: InputOf<typeof traySpec>): Promise<OutputOf<typeof traySpec>> {
    let held = await this.desk.held(ctx, input.requestId);
    if (held.state !== 'PRINTED' && held.state !== 'TAKEN') throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
    if (held.state === 'PRINTED' && input.paperTaken) held = await this.desk.move(ctx, held, 'TAKEN');
    if (held.state === 'TAKEN' && input.cardRemoved) held = await this.desk.move(ctx, held, 'CLOSED');
    return { requestId: held.id, state: held.state };
  }
}

const shopSpec = useCase({
  action: 'issuing-centre.session.close-by-shop',
  kind: 'command',
  summary: 'The shop has put paper that was left behind into a sealed bag',
  input: z.strictObject({ requestId, bagNo: z.string().regex(/^[A-Za-z0-9-]{1,40}$/) }),
  output: answer,
  refusals: refused,
});

/** CARD-3.9, 4.17. */
export class CloseByShop implements UseCase<typeof shopSpec> {
  readonly spec = shopSpec;

  constructor(private readonly desk: RequestDesk) {}

  async execute(ctx: Ctx, input: InputOf<typeof shopSpec>): Promise<OutputOf<typeof shopSpec>> {
    const held = await this.desk.held(ctx, input.requestId);
    if (held.state !== 'LEFT_BEHIND') throw issuingCentreProblems.refuse('BAD_STATE', { facts: { state: held.state } });
    const moved = await this.desk.move(ctx, held, 'CLOSED', { reason: `BAG ${input.bagNo}` });
    return { requestId: moved.id, state: moved.state };
  }
}

const cancelSpec = useCase({
  action: 'issuing-centre.session.cancel',
  kind: 'command',
  summary: 'The resident gave up before paying',
  input: z.strictObject({ requestId }),
  output: answer,
  refusals: refused,
});

/** CARD-4.17: back to the menu, everything erased. */
export class CancelSession implements UseCase<typeof cancelSpec> {
  readonly spec = cancelSpec;

  constructor(private readonly desk: RequestDesk) {}

  async execute(ctx: Ctx, input: InputOf<typeof cancelSpec>): Promise<OutputOf<typeof cancelSpec>> {
    const held = await this.desk.held(ctx, input.requestId);
    const moved = await this.desk.move(ctx, held, held.state === 'READY' ? 'EXPIRED' : 'ABANDONED', { reason: 'CANCELLED' });
    return { requestId: moved.id, state: moved.state };
  }
}
