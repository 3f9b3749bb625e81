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
    const of = (context: string, isMeant: (event: SeenEvent) => boolean) => () => this.seen.filter((event) => event.source === `/kiban/${context}` && isMeant(event));
    const onCard = ({ data }: SeenEvent): boolean => data['cardSerial'] === cardSerial;
    const resident = await ordered('the resident', of('juki-net', ({ subject }) => subject === personKey), ['resident.entered', 'resident.changed', 'resident.moved-in']);
    const card = await ordered('the card', of('card-issuance', onCard), ['card.ordered', 'card.manufactured', 'card.shipped', 'card.received', 'card.preset-done', 'card.activated']);
    const isSigning = (event: SeenEvent): boolean => onCard(event) && event.data['type'] === 'SIGN_CERT';
    await ordered('the certificate', of('jpki-ca', isSigning), ['certificate.issued', 'certificate.activated', 'certificate.revoked']);
    return resident.length + card.length + of('jpki-ca', onCard)().length;
  }

  async stop(): Promise<void> {
    await this.connection.close();
  }
}

/** Waits until the named events are there; they came in this order. Others are sent while the last are on their way. */
async function ordered(whose: string, look: () => readonly SeenEvent[], names: readonly string[]): Promise<readonly SeenEvent[]> {
  const placesIn = (events: readonly SeenEvent[]): number[] => names.map((name) => events.findIndex(({ type }) => type.includes(`.${name}.`)));
  const events = await until(`the events of ${whose}`, () => Promise.resolve(((found) => (placesIn(found).includes(-1) ? undefined : found))(look())));
  const places = placesIn(events);
  if (places.some((place, index) => index > 0 && place < (places[index - 1] ?? -1))) throw new Error(`events came out of order: ${events.map(({ type }) => type).join(', ')}`);
  return events;
}
