import type { Command } from 'commander';
import { z } from 'zod';
import { CommandFault, usageFault } from './command-fault.js';
import { partnerAccount, type PartnerAccount } from './partner-account.js';
import { sessionOf } from './session.js';
import { filterWithin } from './subject.js';
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

The address follows KIBAN_NATS_PORT (14222).`)
    .action(async (options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const parsed = tailOptions.safeParse(options);
      if (!parsed.success) throw usageFault('--count must be a whole number, at least 1.');
      await tail(await partnerAccount(session), parsed.data, terminal);
    });
}

interface Reading {
  stop(): void;
  [Symbol.asyncIterator](): AsyncIterator<{ string(): string }>;
}

async function tail(account: PartnerAccount, options: z.output<typeof tailOptions>, terminal: Terminal): Promise<void> {
  const { connection, readings } = await openReadings(account, options);
  const stop = (): void => readings.forEach((reading) => reading.stop());
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let left = options.count ?? Number.POSITIVE_INFINITY;
  const print = async (reading: Reading): Promise<void> => {
    for await (const message of reading) {
      if (left > 0) terminal.out(`${message.string()}\n`);
      left -= 1;
      if (left <= 0) stop();
    }
  };
  await Promise.all(readings.map(print));
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
  await connection.close();
}

/** One ordered consumer a stream: events of one context come in their order, contexts independently of each other. */
async function openReadings(account: PartnerAccount, options: z.output<typeof tailOptions>): Promise<{ connection: { close(): Promise<void> }; readings: readonly Reading[] }> {
  // Loaded here, as no other command needs them.
  const { connect } = await import('@nats-io/transport-node');
  const { DeliverPolicy, jetstream, jetstreamManager } = await import('@nats-io/jetstream');
  const connection = await connect({ servers: account.url, user: account.user, pass: account.password, name: 'kibanctl', maxReconnectAttempts: -1 }).catch(() => {
    throw new CommandFault(3, `No event stream answers at ${account.url}. Start the estate with "npm start"; KIBAN_NATS_PORT names another port.`);
  });
  const manager = await jetstreamManager(connection);
  const policy = options.fromStart ? DeliverPolicy.All : DeliverPolicy.New;
  const readings: Reading[] = [];
  for await (const stream of manager.streams.list()) {
    const filter = filterWithin(options.subject, stream.config.subjects[0] ?? '');
    if (filter === undefined) continue;
    const consumer = await jetstream(connection).consumers.get(stream.config.name, { filter_subjects: filter, deliver_policy: policy });
    readings.push(await consumer.consume());
  }
  if (readings.length > 0) return { connection, readings };
  await connection.close();
  throw usageFault(`No stream has subjects like "${options.subject}"; they are kiban.<context>.<aggregate>.<past-verb>.v1.`);
}
