import { z } from 'zod';
import { municipalityChanged } from '#contracts/juki-net';
import { municipalityCodeFault, toLocalDate } from '#kernel';
import { onEvent, useCase, type Ctx, type InputOf, type OutputOf, type Subscription, type UseCase } from '#platform';
import type { BatchStore } from './migration-batch.store.js';

const code = z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'UNKNOWN' } });
const change = z.strictObject({ oldCode: code, newCode: code, effectiveDate: z.iso.date().transform(toLocalDate) });

const spec = useCase({
  action: 'bridge-ca.municipality-code-change.register',
  kind: 'command',
  summary: 'Registers municipality codes that gave way to others, by the day on which they did: mergers of before the register told of them',
  input: z.strictObject({ changes: z.array(change).min(1).max(4_000) }),
  output: z.object({ changes: z.number().int() }),
  refusals: [],
});

/** JPKI-4.12: certificates name the municipality of their issue. */
export class RegisterCodeChanges implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { changes }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    await this.batches.addCodeChanges(ctx.db, changes);
    ctx.audit({ object: 'municipality-code-changes', facts: { changes: changes.length } });
    return { changes: changes.length };
  }
}

/** What the register tells of later ones. */
export function onMunicipalityChanged(batches: BatchStore): Subscription {
  return {
    name: 'on-municipality-changed', from: 'juki-net', filter: municipalityChanged.subject,
    handlers: [
      onEvent(municipalityChanged, async (ctx, { data: { oldCodes, newCode, effectiveDate } }) => {
        await batches.addCodeChanges(ctx.db, oldCodes.map((oldCode) => ({ oldCode, newCode, effectiveDate: toLocalDate(effectiveDate) })));
      }),
    ],
  };
}
