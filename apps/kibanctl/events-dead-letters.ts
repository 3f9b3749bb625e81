import type { Command } from 'commander';
import { z } from 'zod';
import { usageFault } from './command-fault.js';
import { GatewayClient } from './gateway-client.js';
import { readContexts } from './readiness.js';
import { sessionOf, type Session } from './session.js';
import { table, type Terminal } from './terminal.js';

const deadLetters = z.object({
  items: z.array(z.object({ id: z.string(), consumer: z.string(), eventId: z.string(), subject: z.string(), tries: z.number(), fault: z.string(), failedAt: z.string() })),
});
const letterOptions = z.object({ context: z.string().default('all'), redrive: z.string().optional(), as: z.string() });

/** `kibanctl events dead-letters` */
export function addDeadLetters(events: Command, terminal: Terminal): void {
  events
    .command('dead-letters')
    .description('list the events that could not be taken in, or take one in once more')
    .option('--context <context>', 'only of this context', 'all')
    .option('--redrive <id>', 'take this dead letter in once more (needs --context)')
    .option('--as <client>', 'client to be', 'operator-1')
    .addHelpText('after', `
Examples:
  kibanctl events dead-letters
  kibanctl events dead-letters --context card-issuance --redrive 0196f0c2-…`)
    .action(async (options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const { context, redrive, as } = letterOptions.parse(options);
      const client = new GatewayClient(session, as);
      if (redrive !== undefined) await redriveLetter(session, client, { context, id: redrive });
      else await listLetters(session, client, context);
    });
}

async function redriveLetter(session: Session, client: GatewayClient, { context, id }: { context: string; id: string }): Promise<void> {
  if (context === 'all') throw usageFault('--redrive needs --context, the context that could not take the event in.');
  await client.ask('POST', `/api/${encodeURIComponent(context)}/v1/dead-letters/${encodeURIComponent(id)}/redrive`);
  session.terminal.out(session.json ? `${JSON.stringify({ redriven: id })}\n` : `${id} was taken in.\n`);
}

async function listLetters(session: Session, client: GatewayClient, context: string): Promise<void> {
  // The gateway takes in no events.
  const names = context === 'all' ? (await readContexts(session)).map(({ name }) => name).filter((name) => name !== 'gateway') : [context];
  const items = [];
  for (const name of names) {
    const answer = deadLetters.parse(await client.ask('GET', `/api/${encodeURIComponent(name)}/v1/dead-letters`));
    items.push(...answer.items.map((item) => ({ context: name, ...item })));
  }
  if (session.json) session.terminal.out(`${JSON.stringify(items)}\n`);
  else if (items.length === 0) session.terminal.out('There are no dead letters.\n');
  else session.terminal.out(table([['CONTEXT', 'ID', 'CONSUMER', 'SUBJECT', 'TRIES', 'FAULT', 'FAILED AT'], ...items.map((item) => [item.context, item.id, item.consumer, item.subject, String(item.tries), item.fault, item.failedAt])]));
}
