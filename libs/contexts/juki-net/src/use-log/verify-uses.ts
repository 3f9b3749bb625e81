import { toLocalDate } from '#kernel';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { CHAIN_FAULTS, linkFaults, recordFaults } from './use-chain.js';
import type { UseChainStore } from './use-chain.store.js';

const count = z.number().int();
const spec = useCase({
  action: 'juki-net.use-record.verify',
  kind: 'question',
  summary: 'Whether the use records of a day are those that were sealed: each server’s chain is computed anew',
  input: z.strictObject({ day: z.iso.date() }),
  output: z.object({
    whole: z.boolean(), links: count, records: count, unsealed: count.describe('written after the newest link'), isPurged: z.boolean().describe('an approved lot lets the records go; the links stay'),
    faults: z.array(z.object({ server: z.string(), since: z.iso.datetime().describe('beginning of the ten minutes'), kind: z.enum(CHAIN_FAULTS) })),
  }),
  refusals: [],
});

/** Finds what was changed, removed or added behind the register's back (JUKI-3.9). */
export class VerifyUses implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly chain: UseChainStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const day = toLocalDate(input.day);
    const sealed = await this.chain.sealedUntil(ctx.db);
    const { before, links } = await this.chain.links(ctx.db, day);
    const isPurged = await this.chain.isPurged(ctx.db, day);
    const found = await this.chain.found(ctx.db, day);
    const due = found.filter(({ since }) => since < sealed);
    const faults = [...linkFaults(before, links), ...(isPurged ? [] : recordFaults(links, due))];
    ctx.audit({ object: `use-chain:${day}`, facts: { links: links.length, faults: faults.length } });
    const sum = (written: typeof found): number => written.reduce((total, { records }) => total + records, 0);
    return {
      whole: faults.length === 0, links: links.length, records: sum(due), unsealed: sum(found) - sum(due), isPurged,
      faults: faults.map(({ server, since, kind }) => ({ server, since: since.toISOString(), kind })),
    };
  }
}
