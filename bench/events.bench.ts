import { AckPolicy, jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import { counterAdded, sampleModule, startEstate, type TestEstate } from '#testing';
import { perSecond, report, timed } from './report.js';

const EVENTS = 20_000;
const PER_TRANSACTION = 200;
const ROUNDS = 3;

/** Events from commands' transactions through outbox, relay, stream, inbox to the committed effect. */
async function ours(estate: TestEstate, round: number): Promise<void> {
  const runner = estate.running.runners.get('sample');
  if (runner === undefined) throw new Error('sample is not running');
  const call = { actor: { clientId: 'bench', kind: 'service', organisation: 'bench' } as const, correlationId: 'bench-events' };
  const transactions = Array.from({ length: EVENTS / PER_TRANSACTION }, (_, index) => index);
  const writer = async (): Promise<void> => {
    for (let next = transactions.pop(); next !== undefined; next = transactions.pop()) {
      const name = `bench-${round}-${next}`;
      await runner.inTransaction('bench', call, async (ctx) => {
        for (let sequence = 1; sequence <= PER_TRANSACTION; sequence += 1) ctx.emit(counterAdded, { aggregateId: name, sequence, data: { name, amount: 1 } });
        await Promise.resolve();
      });
    }
  };
  await Promise.all([writer(), writer(), writer(), writer()]);
  await estate.eventually(async () => (await estate.sql<{ n: number }>("SELECT count(*) AS n FROM sample.echo WHERE name LIKE $1", `bench-${round}-%`))[0]?.n === EVENTS, 120);
}

/** The same number of messages of the same size straight through JetStream. */
async function bare(publisher: JetStreamClient, subject: string, payload: string, received: () => number): Promise<void> {
  const before = received();
  let inFlight: Promise<unknown>[] = [];
  for (let sent = 0; sent < EVENTS; sent += 1) {
    inFlight.push(publisher.publish(subject, payload, { msgID: randomUUID() }));
    if (inFlight.length === 500) {
      await Promise.all(inFlight);
      inFlight = [];
    }
  }
  await Promise.all(inFlight);
  while (received() - before < EVENTS) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Outbox to consumer against bare publish and consume. */
export async function benchEvents(): Promise<void> {
  const estate = await startEstate([sampleModule]);
  const url = new URL(estate.natsUrl);
  const nats = await connect({ servers: url.host, user: url.username, pass: url.password });
  const manager = await jetstreamManager(nats);
  await manager.streams.add({ name: 'BARE', subjects: ['bare.>'] });
  await manager.consumers.add('BARE', { durable_name: 'bare', ack_policy: AckPolicy.Explicit, max_ack_pending: 5_000 });
  let received = 0;
  const messages = await (await jetstream(nats).consumers.get('BARE', 'bare')).consume({ max_messages: 1_000 });
  void (async () => {
    for await (const message of messages) {
      message.ack();
      received += 1;
    }
  })();
  const payload = JSON.stringify({ filler: 'x'.repeat(430) });
  const rates = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const oursMs = await timed(() => ours(estate, round));
    const bareMs = await timed(() => bare(jetstream(nats), 'bare.event', payload, () => received));
    if (round === 0) continue; // the first pair warms caches and plans
    rates.ours.push(perSecond(EVENTS, oursMs));
    rates.bare.push(perSecond(EVENTS, bareMs));
  }
  report({ name: 'events: outbox -> relay -> JetStream -> inbox + effect', unit: 'events/s', ...rates, goal: 0.3, notes: `${EVENTS} events a round, ${PER_TRANSACTION} a transaction, file storage, each effect is a row of its own` });
  await nats.close();
  await estate.stop();
}
