import type { Readable } from 'node:stream';
import { z } from 'zod';
import { municipalIssuerProblems } from '#contracts/municipal-issuer';
import { platformProblems, refusals, useCase, wholeBody, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { cleanPng } from '../clean-png.js';
import { requireMunicipality } from '../municipality/require-municipality.js';
import type { MunicipalityStore } from '../municipality/municipality.store.js';
import { recordLine, withdrawalLine } from './record-line.js';
import type { NewRecord, RecordStore } from './record.store.js';
import { taxationKey } from './taxation-key.js';

/** Octets of one file: some ten thousand residents. */
const MOST = 16 * 1_048_576;
const CHUNK = 500;
const MOST_FAULTS = 1_000;

interface Fault {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
}

const spec = useCase({
  action: 'municipal-issuer.record.import',
  kind: 'process',
  summary: 'Takes over records of the municipality’s systems from a file of JSON lines: good lines in, each bad one reported (CARD-4.15)',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/) }),
  output: z.object({
    lines: z.number(), taken: z.number(), older: z.number().describe('not newer than what is here'), bad: z.number(),
    faults: z.array(z.object({ line: z.number(), column: z.string(), reason: z.string() })).describe('the first thousand'),
  }),
  refusals: [...refusals(municipalIssuerProblems, 'MUNICIPALITY_UNKNOWN'), ...refusals(platformProblems, 'BODY_TOO_LARGE', 'OUT_OF_JURISDICTION')],
});

/** Harmless to repeat: a version that is there already changes nothing. */
export class ImportRecords implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly records: RecordStore,
    private readonly municipalities: MunicipalityStore,
  ) {}

  async execute(ctx: Ctx, { municipalityCode }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    await requireMunicipality(ctx, this.municipalities, municipalityCode);
    const lines = (await wholeBody(body, MOST)).toString('utf8').split('\n').map((text, index) => ({ line: index + 1, text })).filter(({ text }) => text.trim() !== '');
    const faults: Fault[] = [];
    let [good, taken] = [0, 0];
    for (let from = 0; from < lines.length; from += CHUNK) {
      const read = await Promise.all(lines.slice(from, from + CHUNK).map(readLine));
      faults.push(...read.flatMap((one) => ('reason' in one ? [one] : [])));
      const records = read.flatMap((one) => ('key' in one ? [one] : []));
      good += records.length;
      taken += await ctx.transaction(async (tx) => {
        const newer = await this.records.putAll(tx.db, municipalityCode, newestOf(records), tx.now);
        tx.audit({ object: `municipality:${municipalityCode}`, facts: { lines: records.length, taken: newer } });
        return newer;
      });
    }
    return { lines: lines.length, taken, older: good - taken, bad: faults.length, faults: faults.slice(0, MOST_FAULTS) };
  }
}

async function readLine({ line, text }: { readonly line: number; readonly text: string }): Promise<NewRecord | Fault> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { line, column: '', reason: 'NOT_JSON' };
  }
  const withdrawal = withdrawalLine.safeParse(value);
  if (withdrawal.success) return { kind: withdrawal.data.kind, key: withdrawal.data.key, version: withdrawal.data.version };
  const { data, error } = recordLine.safeParse(value);
  if (data === undefined) {
    const issue = error?.issues[0];
    return { line, column: issue?.path.join('.') ?? '', reason: issue?.code === 'custom' ? String(issue.params?.['code'] ?? 'INVALID') : (issue?.code ?? 'INVALID').toUpperCase() };
  }
  if (data.kind === 'TAXATION' && data.key !== taxationKey(data.facts.resident, data.facts.fiscalYear)) return { line, column: 'key', reason: 'KEY_DIFFERS' };
  if (data.kind !== 'SEAL_REGISTRATION') return { ...data, ...(data.kind === 'RESIDENT' ? { household: data.facts.household } : {}) };
  const image = await cleanPng(data.facts.image);
  return image === undefined ? { line, column: 'facts.image', reason: 'IMAGE' } : { ...data, facts: { ...data.facts, image } };
}

/** One statement changes a row once: of a key that a chunk names more than once, the newest version. */
function newestOf(records: readonly NewRecord[]): NewRecord[] {
  const newest = new Map<string, NewRecord>();
  for (const record of records) {
    const key = `${record.kind} ${record.key}`;
    if ((newest.get(key)?.version ?? 0) < record.version) newest.set(key, record);
  }
  return [...newest.values()];
}
