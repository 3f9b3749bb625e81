import type { Readable } from 'node:stream';
import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { requireOwn } from '../permitted.js';
import { readJournal } from './journal-file.js';
import { month } from './month.js';
import { SOURCES, type SettlementStore } from './settlement.store.js';

/** Some 500,000 rows, a month of the largest party. */
const MOST_OCTETS = 32 * 1024 * 1024;

const spec = useCase({
  action: 'issuing-centre.settlement.upload-journal',
  kind: 'process',
  summary: 'Takes in the journal of an operator (requestId,type,copies,amount) or a municipality (requestId,type,copies) for a month, CSV; it takes the place of the one before',
  input: z.strictObject({ month, source: z.enum(SOURCES), party: z.string().regex(/^[a-z0-9-]{1,40}$/).describe('the operator, or the code of the municipality') }),
  output: z.object({ entries: z.number().int(), faults: z.array(z.object({ line: z.number().int(), column: z.string(), reason: z.string() })) }),
  refusals: [...refusals(issuingCentreProblems, 'FILE_MALFORMED'), ...refusals(platformProblems, 'BODY_TOO_LARGE', 'OUT_OF_JURISDICTION', 'UNSUPPORTED_MEDIA_TYPE')],
});

/** CARD-4.15: two of the three sides of the match; the centre is the third. */
export class UploadJournal implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly store: SettlementStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    requireOwn(ctx, input.party);
    if (ctx.actor.kind !== 'operator' && (input.source === 'KIOSK') !== (ctx.actor.kind === 'kiosk-operator')) throw platformProblems.refuse('OUT_OF_JURISDICTION');
    const { entries, faults } = readJournal(await octetsOf(body), input.source);
    await ctx.transaction(async (tx) => {
      await this.store.replaceJournal(tx.db, input, entries);
      tx.audit({ object: `journal:${input.source}:${input.party}:${input.month}`, facts: { entries: entries.length, faults: faults.length } });
    });
    return { entries: entries.length, faults };
  }
}

async function octetsOf(body: Readable | undefined): Promise<Buffer> {
  if (body === undefined) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_OCTETS) throw platformProblems.refuse('BODY_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
