import { mailingDecisionAwaited } from '#contracts/card-issuance';
import { supportChanged } from '#contracts/juki-net';
import { onEvent, type EventHandler } from '#platform';
import type { MailingStore } from '../mailing/mailing.store.js';

/** A measure that began stops what is planned for the registered address; that one ended sends nothing off, the municipality does (JUKI-4.13). */
export function onSupportChanged(mailings: MailingStore): EventHandler {
  return onEvent(supportChanged, async (ctx, { data: { personKey, active } }) => {
    if (!active) return;
    for (const { mailingId, setId, municipalityCode, members, version } of await mailings.hold(ctx.db, personKey, { client: ctx.actor.clientId, now: ctx.now })) {
      ctx.emit(mailingDecisionAwaited, { aggregateId: mailingId, sequence: version, data: { mailingId, setId, municipalityCode, members } });
      ctx.audit({ object: `mailing:${mailingId}`, subjects: [personKey], facts: { to: 'AWAITING_DECISION' } });
    }
  });
}
