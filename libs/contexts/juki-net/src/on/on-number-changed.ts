import { linkByPersons, numberChanged } from '#contracts/numbering';
import { onEvent, type EventHandler, type Peers } from '#platform';
import { NUMBER_PURPOSE } from '../number/take-in-batch.js';
import type { NumberIntake } from '../number/take-in-numbers.js';

/** Change reasons of JUKI-4.3. */
const REASONS = { CHANGE_ON_REQUEST: '43', CHANGE_EX_OFFICIO: '44' } as const;

/** A number was replaced (番号法7条2項): the present one is fetched and replaces it in the identity information. */
export function onNumberChanged(peers: Peers, intake: NumberIntake): EventHandler {
  return onEvent(numberChanged, async (ctx, { data }) => {
    const { correlationId, traceparent } = ctx;
    const { links } = await peers.call(linkByPersons, { correlationId, traceparent, purpose: NUMBER_PURPOSE }, { personKeys: [data.personKey] });
    await intake.takeIn(ctx, links, new Date(data.at), REASONS[data.ground]);
    ctx.audit({ object: `assignment:${data.newAssignmentId}`, subjects: links.map((link) => link.personKey) });
  });
}
