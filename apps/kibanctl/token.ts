import type { Command } from 'commander';
import { z } from 'zod';
import { requestToken } from './gateway-client.js';
import { sessionOf } from './session.js';
import type { Terminal } from './terminal.js';

/** `kibanctl token` */
export function addToken(program: Command, terminal: Terminal): void {
  program
    .command('token')
    .description('print an access token, good for ten minutes')
    .requiredOption('--as <client>', 'client to be')
    .addHelpText('after', `
Example:
  curl -H "Authorization: Bearer $(kibanctl token --as operator-1)" http://127.0.0.1:8080/api/juki-net/v1/dead-letters`)
    .action(async (options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const answer = await requestToken(session, z.object({ as: z.string() }).parse(options).as);
      terminal.out(session.json ? `${JSON.stringify(answer)}\n` : `${answer.access_token}\n`);
    });
}
