import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { usageFault } from './command-fault.js';
import { clientsFolder, sessionOf } from './session.js';
import { table, type Terminal } from './terminal.js';

const index = z.array(z.object({ id: z.string(), kind: z.string(), organisation: z.string(), ja: z.string(), en: z.string() }));

/** `kibanctl clients` */
export function addClients(program: Command, terminal: Terminal): void {
  program
    .command('clients')
    .description('list the fictional clients of the embedded estate, to be named with --as')
    .addHelpText('after', '\nExample:\n  kibanctl clients')
    .action(async (_options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const file = join(clientsFolder(session), 'index.json');
      const text = await readFile(file, 'utf8').catch(() => {
        throw usageFault(`There is no list of clients at ${file}: no estate was started with this data folder (--data, KIBAN_DATA), or it uses another OpenID provider.`);
      });
      const clients = index.parse(JSON.parse(text));
      if (session.json) terminal.out(`${JSON.stringify(clients)}\n`);
      else terminal.out(table([['CLIENT', 'KIND', 'ORGANISATION', 'NAME', '名称'], ...clients.map((client) => [client.id, client.kind, client.organisation, client.en, client.ja])]));
    });
}
