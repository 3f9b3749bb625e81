import { linkByPersons, numberDesignated } from '#contracts/numbering';
import { onEvent, type EventHandler, type Peers } from '#platform';
import { NUMBER_PURPOSE } from '../number/take-in-batch.js';
import type { NumberIntake } from '../number/take-in-numbers.js';

/** A number was designated on a single request: it is fetched and completes the identity information (JUKI-4.3, reason 42). */
export function onNumberDesignated(peers: Peers, intake: NumberIntake): EventHandler {
  return onEvent(numberDesignated, async (ctx, { data }) => {
    const { correlationId, traceparent } = ctx;
    const { links } = await peers.call(linkByPersons, { correlationId, traceparent, purpose: NUMBER_PURPOSE }, { personKeys: [data.personKey] });
    await intake.takeIn(ctx, links, new Date(data.designatedAt));
    ctx.audit({ object: `assignment:${data.assignmentId}`, subjects: links.map((link) => link.personKey) });
  });
}
