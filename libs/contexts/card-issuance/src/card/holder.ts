import { getPersons, type PersonView } from '#contracts/juki-net';
import type { Ctx, Peers } from '#platform';

/** What the register says of a card's holder now. Refuses UNAVAILABLE. */
export async function holderOf(ctx: Ctx, peers: Peers, { personKey }: { readonly personKey: string }): Promise<PersonView | undefined> {
  const { persons } = await peers.call(getPersons, { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_HANDOVER' }, { personKeys: [personKey] });
  return persons[0];
}

/** Where the holder lives; undefined for one who has died, left or is not on record. */
export function residenceOf(holder: PersonView | undefined): string | undefined {
  return holder?.status === 'RESIDENT' ? holder.municipalityCode : undefined;
}
