import type { Command } from 'commander';
import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type CaseMunicipality, conformanceCases, conformanceSet, type ConformanceSet } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { CommandFault, usageFault } from './command-fault.js';
import { type CaseResult, runCases, type SendCase } from './conformance-run.js';
import { GatewayClient } from './gateway-client.js';
import { sessionOf, type Session } from './session.js';
import { table, type Terminal } from './terminal.js';

const PURPOSE = 'RESIDENT_REGISTER';
const BASE = '/api/juki-net/v1';
/** Serials of the codes of one run; two runs seldom meet, and `--first-serial` avoids it. */
const MOST_SERIALS = 10_000;

const municipality = z.string().regex(/^\d{6}$/);
const options = z.object({
  as: z.string(), municipality, partner: z.string().optional(), partnerMunicipality: municipality.optional(), training: z.literal(true),
  firstSerial: z.coerce.number().int().min(0).max(99_999_999 - MOST_SERIALS).optional(), cases: z.string().optional(), report: z.string().optional(),
});
type Options = z.output<typeof options>;

/** `kibanctl conformance` */
export function addConformance(program: Command, terminal: Terminal): void {
  program
    .command('conformance')
    .description("send the register the cases of the conformance kit as a vendor's municipality and compare its answers; exit code 1 when one differs")
    .requiredOption('--as <client>', 'client of the municipality')
    .requiredOption('--municipality <code>', 'the municipality, 6 digits')
    .option('--partner <client>', 'client of a second municipality; without it the cases of moves are skipped')
    .option('--partner-municipality <code>', 'the second municipality, 6 digits')
    .requiredOption('--training', 'the estate is one of tests or training: fictional persons are written to its register')
    .option('--first-serial <n>', 'serial of the first resident code (99…) that is used; drawn unless given')
    .option('--cases <file>', 'other cases of the same form')
    .option('--report <file>', 'write the report as JSON')
    .addHelpText('after', `
Example:
  kibanctl conformance --training --as municipality-990019 --municipality 990019 --partner municipality-990027 --partner-municipality 990027 --report report.json`)
    .action(async (given: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const parsed = options.safeParse(given);
      if (!parsed.success || (parsed.data.partner === undefined) !== (parsed.data.partnerMunicipality === undefined)) {
        throw usageFault('Municipalities are codes of 6 digits, a partner needs both its options, and --first-serial is a number of at most 8 digits.');
      }
      await conform(session, parsed.data);
    });
}

async function conform(session: Session, parsed: Options): Promise<void> {
  const { terminal } = session;
  const set = await readSet(parsed.cases);
  const today = localDateInJapan(new Date());
  const firstSerial = parsed.firstSerial ?? randomInt(99_999_999 - MOST_SERIALS);
  const run = { today, municipalities: { A: parsed.municipality, B: parsed.partnerMunicipality ?? '' }, nextSerial: firstSerial, nextSeq: Date.now() };
  const results: CaseResult[] = [];
  for await (const result of runCases({ set, run, hasPartner: parsed.partner !== undefined }, sender(session, parsed))) {
    results.push(result);
    terminal.progress(`${results.length} of ${set.cases.length} cases`);
  }
  const count = (outcome: CaseResult['outcome']): number => results.filter((result) => result.outcome === outcome).length;
  const counts = { passed: count('PASSED'), failed: count('FAILED'), skipped: count('SKIPPED') };
  const report = { format: 1, estate: session.url, municipality: parsed.municipality, day: today, firstSerial, ...counts, cases: results };
  if (parsed.report !== undefined) await writeFile(parsed.report, `${JSON.stringify(report, null, 2)}\n`);
  if (session.json) terminal.out(`${JSON.stringify(report)}\n`);
  else terminal.out(table([['CASE', 'OUTCOME', 'RULE', 'ABOUT', 'DIFFERENCE'], ...results.map(lineOf)]));
  if (report.failed > 0) throw new CommandFault(1, `${report.failed} of ${results.length} cases failed.`);
}

function lineOf({ id, outcome, rule, title, steps }: CaseResult): string[] {
  const failed = steps.find(({ passed }) => !passed);
  return [id, outcome, rule, title.en, failed === undefined ? '' : `step ${failed.step}: ${failed.fault ?? ''} (status ${failed.got?.status ?? '-'})`];
}

async function readSet(file: string | undefined): Promise<ConformanceSet> {
  try {
    return conformanceSet(await readFile(file ?? conformanceCases, 'utf8'));
  } catch {
    throw usageFault(`${file ?? conformanceCases.pathname} holds no cases of the conformance kit.`);
  }
}

function sender(session: Session, { as, partner }: Options): SendCase {
  const clients: Readonly<Record<CaseMunicipality, GatewayClient>> = { A: new GatewayClient(session, as), B: new GatewayClient(session, partner ?? as) };
  return async (municipalityOf, { method, path, contentType, body }) => {
    const response = await clients[municipalityOf].send(method, `${BASE}${path}`, { purpose: PURPOSE, ...(method === 'GET' ? {} : { contentType, body }) });
    return { status: response.status, body: await response.json().catch(() => null) };
  };
}
