import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import { municipality } from '../transfer/transfer-view.js';
import type { RecordConflictStore } from './record-conflict.store.js';

const spec = useCase({
  action: 'juki-net.record-conflict.list',
  kind: 'question',
  summary: 'Persons with live records in several municipalities: agencies are told neither address until one record ends',
  input: z.strictObject({
    municipalityCode: municipality.optional(), after: z.uuid().default('00000000-0000-0000-0000-000000000000'), limit: z.coerce.number().int().min(1).max(1_000).default(100),
  }),
  output: z.object({
    items: z.array(z.object({
      caseId: z.uuid(), foundOn: z.string(), municipalityCodes: z.array(z.string()).describe('where the person has a record'),
      records: z.array(z.object({
        municipalityCode: z.string(), noticeId: z.uuid().nullable().describe('entry that made the record'), municipalSeq: z.number().int().nullable(),
      })).describe('those of the asking municipality or area only'),
    })),
    next: z.uuid().optional().describe('`after` of the next page'),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** Each municipality reads which of its own entries is in question and whom to ask; of the other record only where it is (JUKI-7). */
export class ListRecordConflicts implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly conflicts: RecordConflictStore) {}

  async execute(ctx: Ctx, { municipalityCode, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (municipalityCode !== undefined) requireJurisdiction(ctx, municipalityCode);
    const found = await this.conflicts.list(ctx.db, { within: municipalityCode ?? within(ctx), after, limit: limit + 1 });
    const shown = found.slice(0, limit);
    ctx.audit({ object: 'record-conflicts', subjects: shown.map(({ personKey }) => personKey) });
    const last = shown.at(-1);
    return { items: shown.map(({ personKey: _key, ...item }) => item), ...(found.length > limit && last !== undefined ? { next: last.caseId } : {}) };
  }
}
