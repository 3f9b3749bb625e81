import { z } from 'zod';
import { officerOf, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { LinkReads } from './link-reads.js';

const spec = useCase({
  action: 'numbering.link-reads.release',
  kind: 'command',
  summary: 'An officer of the operator has looked into an alarm and lets the client read links again',
  input: z.strictObject({ client: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/) }),
  output: z.object({ client: z.string() }),
  refusals: [],
});

/** NUM-4.9: the second officer. */
export class ReleaseLinkReads implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly reads: LinkReads) {}

  async execute(ctx: Ctx, { client }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    this.reads.release(ctx, client, officerOf(ctx));
    ctx.audit({ object: `link-reads:${client}` });
    return { client };
  }
}
