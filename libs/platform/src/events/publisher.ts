import { createInbox, headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';

const TIMEOUT_MS = 10_000;
const MESSAGE_ID = 'Nats-Msg-Id';

/** A message for a stream, with the id by which the stream knows its repetition. */
export interface StreamMessage {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

/** Publishes messages in their order; resolves when the stream has stored every one, rejects when one is refused or not answered in time. */
export type Publish = (messages: readonly StreamMessage[]) => Promise<void>;

/** What JetStream answers to a message that it stored; a refusal names the stream as well, but carries an error. */
const storedAnswer = z.object({ stream: z.string().min(1), seq: z.number().int().positive(), error: z.undefined().optional() });

/** Thousands of messages share one inbox and one timer: a request of its own for each would cost several times the message itself. */
export function streamPublisher(connection: NatsConnection): Publish {
  return async (messages) => {
    const inbox = createInbox();
    const unanswered = new Set(messages.map((_message, index) => `${inbox}.${index}`));
    let finish: (fault?: Error) => void = () => undefined;
    const answered = new Promise<void>((resolve, reject) => {
      finish = (fault) => (fault === undefined ? resolve() : reject(fault));
    });
    const subscription = connection.subscribe(`${inbox}.*`, {
      callback: (error, answer) => {
        if (error !== null || !isStored(answer)) return finish(new Error('the stream refused a message', { cause: error ?? answer.string() }));
        unanswered.delete(answer.subject);
        if (unanswered.size === 0) finish();
      },
    });
    const timer = setTimeout(() => finish(new Error('the stream did not answer in time')), TIMEOUT_MS);
    try {
      for (const [index, { id, subject, text }] of messages.entries()) {
        const header = headers();
        header.set(MESSAGE_ID, id);
        connection.publish(subject, text, { reply: `${inbox}.${index}`, headers: header });
      }
      if (messages.length > 0) await answered;
    } finally {
      clearTimeout(timer);
      subscription.unsubscribe();
    }
  };
}

/** No JSON comes when nobody keeps the subject: then the answer is a bare status. */
function isStored(answer: Msg): boolean {
  return answer.data.length > 0 && storedAnswer.safeParse(answer.json()).success;
}
