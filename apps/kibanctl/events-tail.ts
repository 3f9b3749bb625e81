import type { Command } from 'commander';
import { z } from 'zod';
import { PARTNER_STREAM } from '#kernel';
import { CommandFault, usageFault } from './command-fault.js';
import { partnerAccount, type PartnerAccount } from './partner-account.js';
import { sessionOf } from './session.js';
import { matches } from './subject.js';
import type { Terminal } from './terminal.js';

const tailOptions = z.object({ subject: z.string(), fromStart: z.boolean().default(false), count: z.coerce.number().int().min(1).optional() });

/** `kibanctl events tail` */
export function addEventsTail(events: Command, terminal: Terminal): void {
  events
    .command('tail')
    .description('print the events as they come, one CloudEvent a line, until Ctrl-C')
    .option('--subject <pattern>', 'subjects to show, with * and >', 'kiban.>')
    .option('--from-start', 'begin with the oldest event that is kept')
    .option('--count <n>', 'end after so many events')
    .addHelpText('after', `
Examples:
  kibanctl events tail
  kibanctl events tail --subject 'kiban.juki-net.resident.>' --from-start
  kibanctl events tail --subject 'kiban.*.card.>' --count 10

The address follows KIBAN_NATS_PORT, else the estate of the data folder.`)
    .action(async (options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const parsed = tailOptions.safeParse(options);
      if (!parsed.success) throw usageFault('--count must be a whole number, at least 1.');
      await tail(await partnerAccount(session), parsed.data, terminal);
    });
}

interface Reading {
  stop(): void;
  [Symbol.asyncIterator](): AsyncIterator<{ readonly subject: string; string(): string }>;
}

async function tail(account: PartnerAccount, options: z.output<typeof tailOptions>, terminal: Terminal): Promise<void> {
  const { connection, reading } = await openReading(account, options);
  const stop = (): void => reading.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let left = options.count ?? Number.POSITIVE_INFINITY;
  for await (const message of reading) {
    if (!matches(options.subject, message.subject)) continue;
    terminal.out(`${message.string()}\n`);
    left -= 1;
    if (left <= 0) break;
  }
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
  await connection.close();
}

/** An ordered consumer of the partners' stream: the events of a context come in their order. */
async function openReading(account: PartnerAccount, options: z.output<typeof tailOptions>): Promise<{ connection: { close(): Promise<void> }; reading: Reading }> {
  // Loaded here, as no other command needs them.
  const { connect } = await import('@nats-io/transport-node');
  const { DeliverPolicy, jetstream } = await import('@nats-io/jetstream');
  const connection = await connect({ servers: account.url, user: account.user, pass: account.password, name: 'kibanctl', maxReconnectAttempts: -1 }).catch(() => {
    throw new CommandFault(3, `No event stream answers at ${account.url}. Start the estate with "npm start"; KIBAN_NATS_PORT names another port.`);
  });
  const deliver = options.fromStart ? DeliverPolicy.All : DeliverPolicy.New;
  try {
    const consumer = await jetstream(connection).consumers.get(PARTNER_STREAM, { deliver_policy: deliver });
    return { connection, reading: await consumer.consume() };
  } catch {
    await connection.close();
    throw new CommandFault(3, 'The event stream has nothing for partners yet. Is the estate up? "kibanctl status" tells.');
  }
}
