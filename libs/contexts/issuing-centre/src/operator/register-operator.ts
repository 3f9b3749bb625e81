import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { localDateInJapan, toLocalDate } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { requireOwn } from '../permitted.js';
import type { KioskOperatorStore } from './kiosk-operator.store.js';

/** As the access tokens of an operator name it. */
export const organisation = z.string().regex(/^[a-z0-9-]{1,40}$/);
export const kioskId = z.string().regex(/^[A-Za-z0-9._-]{1,40}$/);
/** Yen; far above any fee. */
export const yen = z.int().min(0).max(100_000);

const registerSpec = useCase({
  action: 'issuing-centre.operator.register',
  kind: 'command',
  summary: 'Registers an operator of kiosks, or changes its name',
  input: z.strictObject({ organisation, name: z.string().normalize('NFC').regex(/^[^\p{Cc}]{1,100}$/u) }),
  output: z.object({ organisation }),
  refusals: [],
});

/** CARD-3.10. */
export class RegisterOperator implements UseCase<typeof registerSpec> {
  readonly spec = registerSpec;

  constructor(private readonly operators: KioskOperatorStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof registerSpec>): Promise<OutputOf<typeof registerSpec>> {
    await this.operators.save(ctx.db, input, ctx.now);
    ctx.audit({ object: `kiosk-operator:${input.organisation}` });
    return { organisation: input.organisation };
  }
}

const kioskSpec = useCase({
  action: 'issuing-centre.kiosk.register',
  kind: 'command',
  summary: 'Registers a kiosk of an operator',
  input: z.strictObject({ organisation, kioskId }),
  output: z.object({ kioskId }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class RegisterKiosk implements UseCase<typeof kioskSpec> {
  readonly spec = kioskSpec;

  constructor(private readonly operators: KioskOperatorStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof kioskSpec>): Promise<OutputOf<typeof kioskSpec>> {
    requireOwn(ctx, input.organisation);
    if (!(await this.operators.has(ctx.db, input.organisation))) throw platformProblems.refuse('NOT_FOUND');
    await this.operators.addKiosk(ctx.db, input.organisation, input.kioskId, ctx.now);
    ctx.audit({ object: `kiosk:${input.organisation}:${input.kioskId}` });
    return { kioskId: input.kioskId };
  }
}

const commissionSpec = useCase({
  action: 'issuing-centre.commission.set',
  kind: 'command',
  summary: 'Sets what an operator gets per printed copy from a day on',
  input: z.strictObject({ organisation, validFrom: z.iso.date(), yen }),
  output: z.object({ organisation, validFrom: z.iso.date() }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(issuingCentreProblems, 'FEE_IN_FORCE')],
});

/** CARD-4.15: what months were settled by does not change; the first one may be of today. */
export class SetCommission implements UseCase<typeof commissionSpec> {
  readonly spec = commissionSpec;

  constructor(private readonly operators: KioskOperatorStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof commissionSpec>): Promise<OutputOf<typeof commissionSpec>> {
    if (!(await this.operators.has(ctx.db, input.organisation))) throw platformProblems.refuse('NOT_FOUND');
    const [today, validFrom] = [localDateInJapan(ctx.now), toLocalDate(input.validFrom)];
    if (validFrom <= today && (await this.operators.hasCommission(ctx.db, input.organisation, today))) throw issuingCentreProblems.refuse('FEE_IN_FORCE');
    await this.operators.setCommission(ctx.db, input.organisation, validFrom, input.yen);
    ctx.audit({ object: `commission:${input.organisation}`, facts: { validFrom, yen: input.yen } });
    return { organisation: input.organisation, validFrom };
  }
}

const listSpec = useCase({
  action: 'issuing-centre.operator.list',
  kind: 'question',
  summary: 'Operators of kiosks',
  input: z.strictObject({}),
  output: z.object({ items: z.array(z.object({ organisation, name: z.string(), kiosks: z.number().int(), commissionYen: z.number().int().nullable() })) }),
  refusals: [],
});

export class ListOperators implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly operators: KioskOperatorStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    ctx.audit({ object: 'kiosk-operators' });
    return { items: await this.operators.list(ctx.db) };
  }
}
