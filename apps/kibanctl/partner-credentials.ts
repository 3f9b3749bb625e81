import type { Command } from 'commander';
import { partnerAccount } from './partner-account.js';
import { sessionOf } from './session.js';
import { table, type Terminal } from './terminal.js';

/** `kibanctl partner-credentials` */
export function addPartnerCredentials(program: Command, terminal: Terminal): void {
  program
    .command('partner-credentials')
    .description('print address, user and password of a read-only user of the event stream')
    .addHelpText('after', `
Example:
  kibanctl partner-credentials
  nats --server nats://127.0.0.1:14222 --user partner --password … subscribe 'kiban.>'

The address follows KIBAN_NATS_PORT, else the estate of the data folder.`)
    .action(async (_options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const account = await partnerAccount(session);
      terminal.out(session.json ? `${JSON.stringify(account)}\n` : table([['url', account.url], ['user', account.user], ['password', account.password]]));
    });
}
