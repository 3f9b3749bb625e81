import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { platformProblems, reaches, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { TRANSFER_STATES } from './transfer.js';
import { municipality, transferView, viewOf } from './transfer-view.js';
import type { TransferStore } from './transfer.store.js';

const getSpec = useCase({
  action: 'juki-net.transfer.get',
  kind: 'question',
  summary: 'A case of a move, for its two municipalities',
  input: z.strictObject({ transferId: z.uuid() }),
  output: transferView,
  refusals: [...refusals(jukiNetProblems, 'UNKNOWN_TRANSFER'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

export class GetTransfer implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, { transferId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const transfer = await this.transfers.find(ctx.db, transferId);
    if (transfer === undefined) throw jukiNetProblems.refuse('UNKNOWN_TRANSFER');
    const { from, to, personKey } = transfer;
    if (![from, to].some((code) => code !== undefined && reaches(ctx.actor, ctx.permission, code))) throw platformProblems.refuse('OUT_OF_JURISDICTION');
    ctx.audit({ object: `transfer:${transferId}`, subjects: [personKey] });
    return viewOf(transfer, ctx.now);
  }
}

const page = { municipalityCode: municipality, after: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(1_000).default(100) };
const pageOf = z.object({ items: z.array(transferView), next: z.uuid().optional() });

const listSpec = useCase({
  action: 'juki-net.transfer.list',
  kind: 'question',
  summary: 'Open cases of moves out of and into a municipality, page by page',
  input: z.strictObject({ ...page, state: z.enum(TRANSFER_STATES).optional(), task: z.literal('DELETE_RECORD').optional().describe('only those with this task of the municipality') }),
  output: pageOf,
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListTransfers implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, { municipalityCode, state, task, after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, municipalityCode);
    const found = await this.transfers.list(ctx.db, { municipalityCode, state, isTask: task !== undefined, after, limit: limit + 1 });
    return toPage(ctx, `transfers:${municipalityCode}`, found, limit);
  }
}

const transitSpec = useCase({
  action: 'juki-net.transfer.list-in-transit',
  kind: 'question',
  summary: 'Persons who left a municipality more than 30 days ago and have no record anywhere since, for it and its prefecture',
  input: z.strictObject(page),
  output: pageOf,
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** Persons in transit lose benefits unseen: they are to be looked for (JUKI-4.4, 4.5 V2). */
export class ListInTransit implements UseCase<typeof transitSpec> {
  readonly spec = transitSpec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, { municipalityCode, after, limit }: InputOf<typeof transitSpec>): Promise<OutputOf<typeof transitSpec>> {
    requireJurisdiction(ctx, municipalityCode);
    const found = await this.transfers.inTransit(ctx.db, { municipalityCode, today: localDateInJapan(ctx.now), after, limit: limit + 1 });
    return toPage(ctx, `transfers-in-transit:${municipalityCode}`, found, limit);
  }
}

function toPage(ctx: Ctx, object: string, found: Awaited<ReturnType<TransferStore['list']>>, limit: number): z.input<typeof pageOf> {
  const shown = found.slice(0, limit);
  ctx.audit({ object, subjects: shown.map(({ personKey }) => personKey) });
  const last = shown.at(-1);
  return { items: shown.map((transfer) => viewOf(transfer, ctx.now)), ...(found.length > limit && last !== undefined ? { next: last.transferId } : {}) };
}
