import { route, type ContextParts } from '#platform';
import type { BodyStore } from '../body/body.store.js';
import { digestsDaily, remindersDaily, type ReminderParts } from './message-schedules.js';
import { ListMessages, ListOutgoing, TakeMessages } from './read-messages.js';

/** What learners and coordinators are told, until a mail gateway takes it (TRN-4.13). */
export function messageParts(parts: ReminderParts & { readonly bodies: BodyStore }): Partial<ContextParts> {
  const { bodies, messages } = parts;
  return {
    http: [
      route('GET', '/messages', new ListMessages(messages)),
      route('GET', '/outgoing-messages', new ListOutgoing(messages)),
      route('POST', '/outgoing-messages/receipts', new TakeMessages(messages)),
    ],
    schedules: [digestsDaily(messages, bodies), remindersDaily(parts)],
  };
}
