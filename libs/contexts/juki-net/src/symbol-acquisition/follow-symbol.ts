import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { ACQUISITION_STATES, isOverdue, REFUSAL_REASONS, type SymbolAcquisition } from './symbol-acquisition.js';
import type { SymbolAcquisitionStore } from './symbol-acquisition.store.js';

const view = z.object({
  requestId: z.uuid(), acquisitionNo: z.string(), state: z.enum(ACQUISITION_STATES), reason: z.enum(REFUSAL_REASONS).optional(), receivedAt: z.iso.datetime(),
  overdue: z.boolean().describe('without a result for 24 hours'),
});

const getSpec = useCase({
  action: 'juki-net.symbol-acquisition.get', kind: 'question', summary: 'A request for a symbol of the asking organisation', input: z.strictObject({ requestId: z.uuid() }), output: view,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class GetSymbolRequest implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly requests: SymbolAcquisitionStore) {}

  async execute(ctx: Ctx, { requestId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const request = await this.requests.find(ctx.db, requestId);
    // Another organisation's request is as if there were none.
    if (request === undefined || request.institution !== ctx.actor.kind || request.organisation !== ctx.actor.organisation) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `symbol-acquisition:${requestId}`, subjects: [request.personKey] });
    return viewOf(request, ctx.now);
  }
}

const listSpec = useCase({
  action: 'juki-net.symbol-acquisition.list', kind: 'question', summary: 'Requests for symbols of the asking organisation, the newest first',
  input: z.strictObject({ before: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({ items: z.array(view), next: z.uuid().optional() }), refusals: [],
});

export class ListSymbolRequests implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly requests: SymbolAcquisitionStore) {}

  async execute(ctx: Ctx, { before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const requests = await this.requests.list(ctx.db, { institution: ctx.actor.kind, organisation: ctx.actor.organisation }, { before, limit });
    ctx.audit({ object: 'symbol-acquisitions', subjects: requests.map(({ personKey }) => personKey) });
    const last = requests.at(-1);
    return { items: requests.map((request) => viewOf(request, ctx.now)), ...(requests.length === limit && last !== undefined ? { next: last.requestId } : {}) };
  }
}

function viewOf(request: SymbolAcquisition, now: Date): z.input<typeof view> {
  const { requestId, acquisitionNo, state, reason, receivedAt } = request;
  return { requestId, acquisitionNo, state, receivedAt: receivedAt.toISOString(), overdue: isOverdue(request, now), ...(reason === undefined ? {} : { reason }) };
}
