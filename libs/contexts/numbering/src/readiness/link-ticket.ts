import { z } from 'zod';
import { numberingProblems, readinessChanged } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { stateOf, TICKET_CATEGORIES } from './readiness.js';
import type { ReadinessStore, TicketLink } from './readiness.store.js';

const spec = useCase({
  action: 'numbering.ticket-link.set',
  kind: 'command',
  summary: 'Ties a support ticket to a batch, a wave, an assignment or a municipality; with blocksWave it holds them until it is resolved',
  input: z.strictObject({
    ticketId: z.uuid(),
    batchId: z.uuid().optional(),
    waveId: z.uuid().optional(),
    assignmentId: z.uuid().optional(),
    municipalityCode: z.string().regex(/^\d{6}$/).optional(),
    category: z.enum(TICKET_CATEGORIES).optional(),
    blocksWave: z.boolean().default(false),
  }).refine((input) => [input.batchId, input.waveId, input.assignmentId, input.municipalityCode].filter((target) => target !== undefined).length === 1, { params: { code: 'ONE_TARGET' } }),
  output: z.object({ ticketId: z.uuid(), municipalities: z.array(z.string()) }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** NUM-3.6: a ticket can hold a wave; its municipalities are shown BLOCKED. */
export class LinkTicket implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly readiness: ReadinessStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { ticketId, blocksWave } = input;
    const link = await this.linkOf(ctx, input);
    const before = await this.readiness.lockLink(ctx.db, ticketId);
    const held = before?.blocksWave === true ? await this.readiness.concerned(ctx.db, ticketId) : [];
    await this.readiness.link(ctx.db, link, ctx.now);
    const municipalities = await this.readiness.concerned(ctx.db, ticketId);
    await tell(ctx, this.readiness, [...held, ...(blocksWave ? municipalities : [])]);
    ctx.audit({ object: `ticket:${ticketId}`, facts: { blocksWave, municipalities: municipalities.length } });
    return { ticketId, municipalities: [...municipalities].sort() };
  }

  private async linkOf(ctx: Ctx, input: InputOf<typeof spec>): Promise<TicketLink> {
    const { ticketId, batchId = null, waveId = null, assignmentId = null, category = null, blocksWave } = input;
    const target = input.municipalityCode === undefined ? await this.readiness.target(ctx.db, input) : { municipalityCode: input.municipalityCode };
    if (target === undefined) throw platformProblems.refuse('NOT_FOUND');
    return { ticketId, batchId, waveId, assignmentId, municipalityCode: target.municipalityCode, category, blocksWave };
  }
}

const resolveSpec = useCase({
  action: 'numbering.ticket-link.resolve',
  kind: 'command',
  summary: 'The ticket is resolved: what it held goes on, milestones that it blocked are in progress again. A question of law needs the reference of the ministry\'s answer',
  input: z.strictObject({ ticketId: z.uuid(), ministryReference: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u).optional() }),
  output: z.object({ ticketId: z.uuid(), milestones: z.number().int() }),
  refusals: refusals(numberingProblems, 'REFERENCE_MISSING', 'UNKNOWN_TICKET'),
});

export class ResolveTicket implements UseCase<typeof resolveSpec> {
  readonly spec = resolveSpec;
  constructor(private readonly readiness: ReadinessStore) {}

  async execute(ctx: Ctx, { ticketId, ministryReference }: InputOf<typeof resolveSpec>): Promise<OutputOf<typeof resolveSpec>> {
    const link = await this.readiness.lockLink(ctx.db, ticketId);
    if (link === undefined) throw numberingProblems.refuse('UNKNOWN_TICKET');
    if (link.category === 'LAW_QUESTION' && ministryReference === undefined) throw numberingProblems.refuse('REFERENCE_MISSING');
    const held = link.blocksWave ? await this.readiness.concerned(ctx.db, ticketId) : [];
    const items = await this.readiness.resolve(ctx.db, { ticketId, ministryReference }, ctx.now);
    for (const { municipalityCode, milestone } of items) {
      for (const { version } of await this.readiness.count(ctx.db, [municipalityCode])) {
        ctx.emit(readinessChanged, { aggregateId: municipalityCode, sequence: version, data: { municipalityCode, milestone, state: 'IN_PROGRESS' } });
      }
    }
    await tell(ctx, this.readiness, held);
    ctx.audit({ object: `ticket:${ticketId}`, facts: { resolved: true, municipalities: held.length, milestones: items.length } });
    return { ticketId, milestones: items.length };
  }
}

/** Tells how these municipalities stand as a whole, with one of the tickets that hold them. */
async function tell(ctx: Ctx, readiness: ReadinessStore, municipalityCodes: readonly string[]): Promise<void> {
  const versions = new Map((await readiness.count(ctx.db, municipalityCodes)).map(({ municipalityCode, version }) => [municipalityCode, version]));
  const [only = ''] = versions.keys();
  const standing = versions.size === 0 ? [] : await readiness.standing(ctx.db, versions.size === 1 ? only : '');
  for (const { municipalityCode, items, tickets: [blockerTicketId] } of standing) {
    const sequence = versions.get(municipalityCode);
    if (sequence === undefined) continue;
    const data = { municipalityCode, state: stateOf(items, blockerTicketId !== undefined), ...(blockerTicketId === undefined ? {} : { blockerTicketId }) };
    ctx.emit(readinessChanged, { aggregateId: municipalityCode, sequence, data });
  }
}
