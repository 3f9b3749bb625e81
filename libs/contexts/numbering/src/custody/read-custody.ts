import { z } from 'zod';
import { keyCustodyState } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CEREMONY_STATES, ORIGINS, rotationDueOn } from './custody.js';
import type { CeremonyRecord } from './key-ceremony.store.js';
import type { KeyCustody } from './key-custody.js';

const ceremonyView = z.object({
  ceremonyId: z.uuid(), origin: z.enum(ORIGINS), state: z.enum(CEREMONY_STATES), heldOn: z.string(), custody: z.enum(['SOFTWARE', 'PKCS11']), working: z.boolean(),
  keyLabel: z.string(), keyCheckValue: z.string().optional(), activatedAt: z.iso.datetime().optional(), rotatedAt: z.iso.datetime().optional(), rotationDueOn: z.string().optional(),
});

const listSpec = useCase({
  action: 'numbering.key-ceremony.list', kind: 'question', summary: 'All ceremonies, oldest first', input: z.object({}), output: z.object({ ceremonies: z.array(ceremonyView) }), refusals: [],
});

export class ListCeremonies implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly custody: KeyCustody) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    return { ceremonies: (await this.custody.parts.ceremonies.all(ctx.db)).map(viewOf) };
  }
}

const readSpec = useCase({
  action: 'numbering.key-ceremony.read', kind: 'question', summary: 'The record of a ceremony: minutes, officers, units and the check value of the key', input: z.object({ ceremonyId: z.uuid() }),
  output: ceremonyView.extend({
    minutes: z.string().optional(), minutesBy: z.string().optional(),
    custodians: z.array(z.object({ officer: z.string(), unit: z.string(), attendedAt: z.iso.datetime().nullable() })),
    restorations: z.array(z.object({ openedAt: z.iso.datetime(), officers: z.array(z.string()).readonly(), outcome: z.enum(['RESTORED', 'DRILL']).nullable() })).readonly(),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ReadCeremony implements UseCase<typeof readSpec> {
  readonly spec = readSpec;
  constructor(private readonly custody: KeyCustody) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const ceremony = (await this.custody.parts.ceremonies.all(ctx.db)).find((candidate) => candidate.ceremonyId === ceremonyId);
    if (ceremony === undefined) throw platformProblems.refuse('NOT_FOUND');
    const { custodians, minutes, minutesBy, restorations } = ceremony;
    return { ...viewOf(ceremony), restorations, custodians: [...custodians], minutes: minutes ?? undefined, minutesBy: minutesBy ?? undefined };
  }
}

const stateSpec = useCase({
  action: 'numbering.key-custody.state', kind: 'question', summary: 'Whether numbers can be drawn here, and under which key', input: keyCustodyState.input, output: keyCustodyState.output, refusals: [],
});

/** NUM-5.2; of the health test it tells this process's. */
export class ReadCustodyState implements UseCase<typeof stateSpec> {
  readonly spec = stateSpec;
  constructor(private readonly custody: KeyCustody) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof stateSpec>> {
    const { salts, parts } = this.custody;
    const active = await parts.ceremonies.active(ctx.db);
    const own = { drawing: await this.custody.canDraw(ctx), custody: parts.store.kind, saltFault: salts.fault ?? '' };
    if (active === undefined) return { ...own, state: 'NO_KEY' };
    const { ceremonyId, keyCheckValue, activatedAt, rotationDueOn: dueOn } = viewOf(active);
    return { ...own, state: active.origin === 'EMBEDDED_DEFAULT' ? active.origin : active.state, ceremonyId, keyCheckValue: keyCheckValue ?? '', activatedAt: activatedAt ?? '', rotationDueOn: dueOn ?? '' };
  }
}

function viewOf(ceremony: CeremonyRecord): z.input<typeof ceremonyView> {
  const { ceremonyId, origin, state, heldOn, custody, working, keyLabel, keyCheckValue, activatedAt, rotatedAt } = ceremony;
  return {
    ceremonyId, origin, state, heldOn, custody, working, keyLabel, keyCheckValue: keyCheckValue ?? undefined, activatedAt: activatedAt?.toISOString(), rotatedAt: rotatedAt?.toISOString(),
    rotationDueOn: activatedAt === null ? undefined : rotationDueOn(activatedAt),
  };
}
