import { confirmSymbolAcquisition, forwardSymbolAcquisitions, jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { tellAcquisition } from './acquisition-event.js';
import { stepAcquisition } from './symbol-acquisition.js';
import type { SymbolAcquisitionStore } from './symbol-acquisition.store.js';

const MOST_FORWARDED = 500;

const forwardSpec = useCase({
  action: 'juki-net.symbol-acquisition.forward',
  kind: 'process',
  summary: 'Hands requests without a result to the exchange network, page by page, with the present resident codes; asked again it hands them over again',
  input: forwardSymbolAcquisitions.input,
  output: forwardSymbolAcquisitions.output,
  refusals: [],
});

/** The exchange network fetches: it may be away for as long as it likes, and what it lost it fetches again (JUKI-3.7). */
export class ForwardSymbols implements UseCase<typeof forwardSpec> {
  readonly spec = forwardSpec;
  constructor(private readonly requests: SymbolAcquisitionStore) {}

  async execute(ctx: Ctx, { after, limit = MOST_FORWARDED }: InputOf<typeof forwardSpec>): Promise<OutputOf<typeof forwardSpec>> {
    return ctx.transaction(async (tx) => {
      const waiting = await this.requests.lockWaiting(tx.db, { after, limit });
      const fresh = waiting.filter((request) => stepAcquisition(request, 'FORWARDED') !== undefined);
      if (fresh.length > 0) await this.requests.setState(tx.db, fresh.map(({ requestId }) => requestId), { state: 'FORWARDED' }, tx.now);
      for (const request of fresh) tellAcquisition(tx, { ...request, state: 'FORWARDED' });
      tx.audit({ object: 'symbol-acquisitions', subjects: waiting.map(({ personKey }) => personKey), facts: { handedOver: waiting.length, first: fresh.length } });
      const last = waiting.at(-1);
      return {
        requests: waiting.map(({ requestId, acquisitionNo, residentCode }) => ({ requestId, acquisitionNo, residentCode })),
        ...(waiting.length === limit && last !== undefined ? { next: last.requestId } : {}),
      };
    });
  }
}

const confirmSpec = useCase({
  action: 'juki-net.symbol-acquisition.confirm',
  kind: 'command',
  summary: 'Takes the result of a request from the exchange network; the same result again has no effect',
  input: confirmSymbolAcquisition.input,
  output: confirmSymbolAcquisition.output,
  refusals: [...refusals(jukiNetProblems, 'ACQUISITION_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class ConfirmSymbol implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;
  constructor(private readonly requests: SymbolAcquisitionStore) {}

  async execute(ctx: Ctx, { requestId, result, reason }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    const request = await this.requests.lock(ctx.db, requestId);
    if (request === undefined) throw platformProblems.refuse('NOT_FOUND');
    const outcome = stepAcquisition(request, result, reason);
    if (outcome !== undefined && 'refusal' in outcome) throw jukiNetProblems.refuse(outcome.refusal, { facts: { state: request.state } });
    if (outcome !== undefined) {
      await this.requests.setState(ctx.db, [requestId], { state: outcome.state, reason }, ctx.now);
      tellAcquisition(ctx, { ...request, state: outcome.state });
    }
    ctx.audit({ object: `symbol-acquisition:${requestId}`, subjects: [request.personKey], facts: { state: result, repeated: outcome === undefined } });
    return { state: result };
  }
}
