import type { Command } from 'commander';
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { isFile, streamBody } from './call.js';
import { usageFault } from './command-fault.js';
import { requireSuccess, untilEnded } from './follow-job.js';
import { GatewayClient } from './gateway-client.js';
import { sessionOf, type Session } from './session.js';
import { table, type Terminal } from './terminal.js';

const PURPOSE = 'RESIDENT_REGISTER';
const BASE = '/api/juki-net/v1';
const FAULTS_A_PAGE = 1_000;

const importOptions = z.object({ as: z.string(), municipality: z.string().regex(/^\d{6}$/), follow: z.boolean().default(false), idempotencyKey: z.string().optional() });
const accepted = z.looseObject({ fileId: z.string(), jobId: z.string() });
const faultsView = z.object({ items: z.array(z.looseObject({ line: z.number(), column: z.string().nullish(), code: z.string() })), next: z.number().optional() });

/** `kibanctl import` */
export function addImport(program: Command, terminal: Terminal): void {
  program
    .command('import')
    .description("send a municipality's file of change notices to the register; bad rows are reported, good ones taken")
    .argument('<file>', 'CSV file as "population generate --intake" writes it')
    .requiredOption('--as <client>', 'client to be')
    .requiredOption('--municipality <code>', 'municipality that sends it, 6 digits')
    .option('--follow', 'wait for the end, with progress, and list the faults; exit code 1 when the job fails')
    .option('--idempotency-key <key>', 'to repeat the same sending safely; random unless given')
    .addHelpText('after', `
Example:
  kibanctl import intake.csv --as municipality-990019 --municipality 990019 --follow`)
    .action(async (file: string, options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const parsed = importOptions.safeParse(options);
      if (!parsed.success) throw usageFault('--municipality must be a code of 6 digits.');
      if (!(await isFile(file))) throw usageFault(`There is no file ${file}.`);
      const client = new GatewayClient(session, parsed.data.as);
      const sent = accepted.parse(await client.ask('POST', `${BASE}/notice-files?municipalityCode=${parsed.data.municipality}`, {
        purpose: PURPOSE, contentType: 'text/csv', body: streamBody(createReadStream(file)), idempotencyKey: parsed.data.idempotencyKey, timeoutMs: 3_600_000,
      }));
      if (parsed.data.follow) await follow(session, client, sent);
      else terminal.out(session.json ? `${JSON.stringify(sent)}\n` : table([['file', sent.fileId], ['job', sent.jobId]]));
    });
}

async function follow(session: Session, client: GatewayClient, sent: z.output<typeof accepted>): Promise<void> {
  const { terminal } = session;
  const job = await untilEnded(terminal, client, { base: BASE, jobId: sent.jobId, unit: 'rows', purpose: PURPOSE });
  const faults = await readFaults(client, sent.fileId);
  if (session.json) {
    terminal.out(`${JSON.stringify({ ...sent, ...job, faults })}\n`);
  } else {
    terminal.out(table([['file', sent.fileId], ['state', job.state], ['rows', String(job.done)], ...resultRows(job.result)]));
    if (faults.length > 0) terminal.out(`\n${table([['LINE', 'COLUMN', 'CODE'], ...faults.map((fault) => [String(fault.line), fault.column ?? '-', fault.code])])}`);
  }
  requireSuccess(job, 'The import');
}

function resultRows(result: unknown): string[][] {
  const counts = z.record(z.string(), z.unknown()).safeParse(result);
  if (!counts.success) return [];
  return Object.entries(counts.data).filter(([, value]) => typeof value === 'number').map(([name, value]) => [name, String(value)]);
}

async function readFaults(client: GatewayClient, fileId: string): Promise<z.output<typeof faultsView>['items']> {
  const faults = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = faultsView.parse(await client.ask('GET', `${BASE}/notice-files/${fileId}/faults?after=${after}&limit=${FAULTS_A_PAGE}`, { purpose: PURPOSE }));
    faults.push(...page.items);
    after = page.next;
  }
  return faults;
}
