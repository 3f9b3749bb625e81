import type { Command } from 'commander';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { InvalidValue, localDateInJapan, toLocalDate, toMunicipalityCode } from '#kernel';
import type { BadRow } from '#testing/population';
import { CommandFault, usageFault } from './command-fault.js';
import { sessionOf } from './session.js';
import { table, type Terminal } from './terminal.js';

const wholeNumber = (least: number) => z.coerce.number().int().min(least);
const populationOptions = z.object({
  municipality: z.string(),
  size: wholeNumber(0),
  seed: z.string(),
  badShare: z.coerce.number().min(0).max(1).default(0),
  date: z.string().optional(),
  firstSerial: wholeNumber(1).default(1),
  firstSeq: wholeNumber(1).optional(),
  intake: z.string().optional(),
  targets: z.string().optional(),
  manifest: z.string().optional(),
});

type Options = z.output<typeof populationOptions>;

/** `kibanctl population generate` */
export function addPopulationGenerate(population: Command, terminal: Terminal): void {
  population
    .command('generate')
    .description('write files of a fictional population; the same options give the same files')
    .requiredOption('--municipality <code>', 'municipality, 6 digits; 990019 and 990027 are fictional')
    .requiredOption('--size <n>', 'persons')
    .option('--seed <seed>', 'word or number from which everything is drawn', '1')
    .option('--date <date>', 'day on which the population stands, YYYY-MM-DD; today unless given')
    .option('--bad-share <share>', 'share of bad rows in the intake file, 0 to 1', '0')
    .option('--first-serial <n>', 'serial of the first resident code', '1')
    .option('--first-seq <n>', 'municipal sequence number of the first row; that of the first serial unless given')
    .option('--intake <file>', 'write the change notices as the municipality sends them')
    .option('--targets <file>', 'write the delivery targets of the first notification')
    .option('--manifest <file>', 'write which rows are bad, JSON, one a line')
    .addHelpText('after', `
Example:
  kibanctl population generate --municipality 990019 --size 10000 --seed spring --bad-share 0.01 --intake intake.csv --targets targets.csv`)
    .action(async (options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const summary = await generate(checked(options));
      if (session.json) terminal.out(`${JSON.stringify(summary)}\n`);
      else terminal.out(table(Object.entries(summary).map(([name, value]) => [name, String(value)])));
    });
}

function checked(options: unknown): Options {
  const parsed = populationOptions.safeParse(options);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0] ?? '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw usageFault(`--${name} is not a number in its range; see "kibanctl population generate --help".`);
  }
  if (parsed.data.intake === undefined && parsed.data.targets === undefined) throw usageFault('Name what to write: --intake FILE, --targets FILE, or both.');
  if (parsed.data.manifest !== undefined && parsed.data.intake === undefined) throw usageFault('--manifest tells of the bad rows of --intake, which is missing.');
  return parsed.data;
}

async function generate(options: Options): Promise<Record<string, string | number>> {
  const { generatePopulation, writeDeliveryTargets, writeIntakeFile } = await import('#testing/population');
  try {
    const municipality = toMunicipalityCode(options.municipality);
    const baseDate = options.date === undefined ? localDateInJapan(new Date()) : toLocalDate(options.date);
    const { size, seed, firstSerial, firstSeq, badShare } = options;
    const people = () => generatePopulation({ seed, size, municipality, firstSerial, baseDate });
    const badRows = badShare === 0 ? {} : { badRows: { share: badShare, seed } };
    const file = writeIntakeFile(people(), { municipality, changeDate: baseDate, firstMunicipalSeq: firstSeq ?? firstSerial, ...badRows });
    if (options.intake !== undefined) await write(options.intake, file.chunks);
    if (options.targets !== undefined) await write(options.targets, writeDeliveryTargets(people()));
    if (options.manifest !== undefined) await write(options.manifest, manifestLines(file.manifest));
    const { intake, targets, manifest } = options;
    return { persons: size, badRows: file.manifest.length, ...Object.fromEntries(Object.entries({ intake, targets, manifest }).filter((entry): entry is [string, string] => entry[1] !== undefined)) };
  } catch (error) {
    if (error instanceof InvalidValue || error instanceof RangeError) throw usageFault(`These options make no population: ${error.message}.`);
    throw error;
  }
}

function* manifestLines(manifest: readonly BadRow[]): Generator<Buffer> {
  for (const row of manifest) yield Buffer.from(`${JSON.stringify(row)}\n`);
}

async function write(file: string, chunks: Iterable<Buffer>): Promise<void> {
  try {
    await pipeline(Readable.from(chunks, { objectMode: false }), createWriteStream(file));
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new CommandFault(1, `${file} cannot be written (${'code' in error ? String(error.code) : 'unknown'}).`);
    throw error;
  }
}
