import { connect, type NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { until } from './api.js';

const cloudEvent = z.object({ id: z.string(), source: z.string(), type: z.string(), subject: z.string(), sequence: z.coerce.number(), data: z.record(z.string(), z.unknown()) });
export type SeenEvent = z.output<typeof cloudEvent>;

/** A plain NATS client that watches everything the estate publishes, as a partner would. */
export class EventWatch {
  readonly seen: SeenEvent[] = [];
  /** The messages as they came, for whoever looks for what must not be in them. */
  readonly raw: string[] = [];

  private constructor(private readonly connection: NatsConnection) {}

  static async start(access: { server: string; user: string; password: string }): Promise<EventWatch> {
    const connection = await connect({ servers: access.server, user: access.user, pass: access.password, maxReconnectAttempts: -1, reconnectTimeWait: 200 });
    const watch = new EventWatch(connection);
    const subscription = connection.subscribe('kiban.>');
    void (async () => {
      for await (const message of subscription) {
        watch.raw.push(message.string());
        watch.seen.push(cloudEvent.parse(JSON.parse(message.string())));
      }
    })();
    await connection.flush();
    return watch;
  }

  /** Waits until the events of this person and card have been seen, then checks their order. */
  async story(personKey: string, cardSerial: string): Promise<number> {
    const resident = await until('the events of the resident', async () => {
      const found = this.of('juki-net', personKey);
      return Promise.resolve(found.some(({ type }) => type.includes('moved-in')) ? found : undefined);
    });
    ordered(resident, ['resident.entered', 'resident.changed', 'resident.moved-in']);
    const card = this.seen.filter(({ source, data }) => source === '/kiban/card-issuance' && data['cardSerial'] === cardSerial);
    ordered(card, ['card.ordered', 'card.manufactured', 'card.shipped', 'card.received', 'card.preset-done', 'card.activated']);
    const certificates = this.seen.filter(({ source, data }) => source === '/kiban/jpki-ca' && data['cardSerial'] === cardSerial);
    ordered(certificates.filter(({ data }) => data['type'] === 'SIGN_CERT'), ['certificate.issued', 'certificate.activated', 'certificate.revoked']);
    return resident.length + card.length + certificates.length;
  }

  async stop(): Promise<void> {
    await this.connection.close();
  }

  private of(context: string, aggregateId: string): SeenEvent[] {
    return this.seen.filter(({ source, subject }) => source === `/kiban/${context}` && subject === aggregateId);
  }
}

/** The named events are there in this order, and no aggregate's sequence goes back. */
function ordered(events: readonly SeenEvent[], names: readonly string[]): void {
  const distinct = [...new Map(events.map((event) => [event.id, event])).values()];
  const places = names.map((name) => distinct.findIndex(({ type }) => type.includes(`.${name}.`)));
  const missing = names.filter((_name, index) => places[index] === -1);
  if (missing.length > 0) throw new Error(`events are missing: ${missing.join(', ')}`);
  if (places.some((place, index) => index > 0 && place < (places[index - 1] ?? -1))) throw new Error(`events came out of order: ${distinct.map(({ type }) => type).join(', ')}`);
}
