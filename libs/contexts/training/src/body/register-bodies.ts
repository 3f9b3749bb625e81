import { z } from 'zod';
import { municipalityCodeFault } from '#kernel';
import { nextOf, pageLimit, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { BODY_KINDS } from './body.js';
import type { BodyStore } from './body.store.js';

export const bodyCode = z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'MUNICIPALITY_CODE' } });
const known = { code: bodyCode, kind: z.enum(BODY_KINDS), name: z.string().normalize('NFC').trim().min(1).max(60), population: z.int().min(0).max(20_000_000), staff: z.int().min(0).max(500_000) };

const registerSpec = useCase({
  action: 'training.body.register',
  kind: 'command',
  summary: 'Takes down the bodies that send people, with inhabitants, staff, and where the digest goes',
  input: z.strictObject({ bodies: z.array(z.strictObject({ ...known, coordinatorMail: z.email().max(254).optional() })).min(1).max(2_000) }),
  output: z.object({ bodies: z.int() }),
  refusals: [],
});

/** TRN-4.2: what eligibility and shares are decided by. */
export class RegisterBodies implements UseCase<typeof registerSpec> {
  readonly spec = registerSpec;

  constructor(private readonly bodies: BodyStore) {}

  async execute(ctx: Ctx, { bodies }: InputOf<typeof registerSpec>): Promise<OutputOf<typeof registerSpec>> {
    await this.bodies.put(ctx.db, bodies, ctx.now);
    ctx.audit({ object: 'bodies', facts: { bodies: bodies.length } });
    return { bodies: bodies.length };
  }
}

const listSpec = useCase({
  action: 'training.body.list',
  kind: 'question',
  summary: 'Bodies that send people, by code',
  input: z.strictObject({ after: bodyCode.optional(), limit: pageLimit }),
  output: z.object({ items: z.array(z.object({ ...known, code: z.string() })), next: z.string().optional() }),
  refusals: [],
});

export class ListBodies implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly bodies: BodyStore) {}

  async execute(ctx: Ctx, { after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const items = await this.bodies.list(ctx.db, after ?? '', limit);
    ctx.audit({ object: 'bodies', facts: { bodies: items.length } });
    return { items, ...nextOf(items, limit, ({ code }) => code) };
  }
}
