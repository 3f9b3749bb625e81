import { z } from 'zod';
import { certificateType } from '#contracts/municipal-issuer';
import { daily, found, platformProblems, reaches, refusals, useCase, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { requestId } from '../certificate-request/request-id.js';
import type { TypeBlockStore } from './type-block.store.js';

const [KEPT_DAYS, DAY_MS] = [90, 86_400_000];

const listSpec = useCase({
  action: 'issuing-centre.type-block.list',
  kind: 'question',
  summary: 'Types of municipalities that are not served since an answer was another\'s; a municipality sees its own',
  input: z.strictObject({}),
  output: z.object({ items: z.array(z.object({ municipalityCode: z.string(), type: z.string(), requestId: z.string(), blockedAt: z.iso.datetime(), releaseAsked: z.boolean() })) }),
  refusals: [],
});

export class ListBlocks implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly blocks: TypeBlockStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    ctx.audit({ object: 'type-blocks' });
    const items = (await this.blocks.list(ctx.db)).filter(({ municipalityCode }) => reaches(ctx.actor, ctx.permission, municipalityCode));
    return { items: items.map(({ blockedAt, releaseAskedBy, ...block }) => ({ ...block, blockedAt: blockedAt.toISOString(), releaseAsked: releaseAskedBy !== null })) };
  }
}

const evidenceSpec = useCase({
  action: 'issuing-centre.binding-mismatch.read',
  kind: 'question',
  summary: 'What a municipality answered to a request, where it was another\'s',
  input: z.strictObject({ requestId }),
  output: z.object({
    requestId: z.string(), municipalityCode: z.string(), type: certificateType, faults: z.array(z.string()), at: z.iso.datetime(),
    pdf: z.string().describe('base64'), binding: z.string(), inPdf: z.string().nullable(), pageCount: z.number().int().nullable(),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** CARD-7: kept for those who look into a possible leak, 90 days. */
export class ReadEvidence implements UseCase<typeof evidenceSpec> {
  readonly spec = evidenceSpec;

  constructor(private readonly blocks: TypeBlockStore) {}

  async execute(ctx: Ctx, { requestId: id }: InputOf<typeof evidenceSpec>): Promise<OutputOf<typeof evidenceSpec>> {
    const { kept, at, faults, type, municipalityCode } = found(await this.blocks.evidence(ctx.db, id));
    ctx.audit({ object: `binding-mismatch:${id}` });
    return { requestId: id, municipalityCode, type: certificateType.parse(type), faults: [...faults], at: at.toISOString(), ...kept };
  }
}

/** Evidence is personal data of somebody who knows nothing of it: it goes when its time is over. */
export function purgeDaily(blocks: TypeBlockStore): Schedule {
  return daily('binding-evidence', async (ctx) => {
    const purged = await blocks.purgeEvidence(ctx.db, new Date(ctx.now.getTime() - KEPT_DAYS * DAY_MS));
    if (purged > 0) ctx.audit({ object: 'binding-mismatches', facts: { purged } });
  });
}
