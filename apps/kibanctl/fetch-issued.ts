import type { Command } from 'commander';
import { join } from 'node:path';
import { z } from 'zod';
import { usageFault } from './command-fault.js';
import { GatewayClient } from './gateway-client.js';
import { saveFile } from './save-file.js';
import { sessionOf } from './session.js';
import type { Terminal } from './terminal.js';

const page = z.object({ items: z.array(z.object({ serial: z.string(), certificate: z.base64() })), next: z.string().optional() });
const given = z.object({ as: z.string(), ca: z.enum(['sign', 'auth']), day: z.iso.date(), into: z.string() });

/** `kibanctl issued-certificates fetch` */
export function addFetchIssued(program: Command, terminal: Terminal): void {
  program
    .command('issued-certificates')
    .description('what the certification authorities issued')
    .command('fetch')
    .description('write the certificates of a day, a file each, for programs that judge them again')
    .requiredOption('--as <client>', 'client to be', 'operator-1')
    .requiredOption('--ca <name>', 'sign or auth')
    .requiredOption('--day <date>', 'YYYY-MM-DD, in Japan')
    .requiredOption('--into <folder>', 'a folder that is there')
    .addHelpText('after', `
Example:
  kibanctl issued-certificates fetch --ca sign --day 2016-01-20 --into issued
  npm run reverify -- --certificates issued --anchors sign-ca.pem`)
    .action(async (options: unknown, command: Command) => {
      const { as, ca, day, into } = wanted(options);
      const session = sessionOf(command, terminal);
      const client = new GatewayClient(session, as);
      let [written, after]: [number, string | undefined] = [0, undefined];
      do {
        const query = new URLSearchParams({ ca, day, ...(after === undefined ? {} : { after }) });
        const { items, next } = page.parse(await client.ask('GET', `/api/jpki-ca/v1/issued-certificates?${query}`, { purpose: 'CERTIFICATE_REVIEW' }));
        for (const { serial, certificate } of items) await saveFile(join(into, `${ca}-${serial}.der`), Buffer.from(certificate, 'base64'));
        written += items.length;
        after = next;
      } while (after !== undefined);
      terminal.out(session.json ? `${JSON.stringify({ written })}\n` : `${written} certificates in ${into}\n`);
    });
}

function wanted(options: unknown): z.output<typeof given> {
  const parsed = given.safeParse(options);
  if (parsed.success) return parsed.data;
  throw usageFault(parsed.error.issues.some(({ path }) => path[0] === 'ca') ? '--ca is sign or auth.' : '--day is a date, such as 2016-01-20.');
}
