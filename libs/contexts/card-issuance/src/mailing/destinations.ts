import type { Addressed } from './mailing.js';

/** A member as the list names them, before it is said where their notification goes. */
export type Listed = Omit<Addressed, 'isHeld' | 'isApart'>;

/** What a person registered as the place where the first notification reaches them (CARD-4.2). */
export interface OwnDestination {
  readonly postalCode: string;
  readonly address: string;
  readonly addresseeName: string;
  /** Registered because the person is protected. */
  readonly isProtected: boolean;
}

/**
 * Where each member's notification goes (CARD-4.2): a temporary address before the registered one. Whoever is protected (JUKI-4.13) gets no envelope
 * with the others and, without a destination of their own, waits for their municipality; so do the others where the list addresses them to
 * a protected head, whom their envelope must not mention.
 */
export function destinationsOf(listed: readonly Listed[], registered: ReadonlyMap<string, OwnDestination>, isProtected: (personKey: string) => boolean): Addressed[] {
  const isApart = ({ personKey }: Listed): boolean => isProtected(personKey) || registered.get(personKey)?.isProtected === true;
  const hidden = new Set(listed.filter((one) => one.lineInHousehold === 1 && isApart(one)).map((one) => `${one.householdRef}\0${one.addresseeName}`));
  return listed.map((one) => {
    const own = registered.get(one.personKey);
    const placed = own === undefined ? one : { ...one, postalCode: own.postalCode, address: own.address, addresseeName: own.addresseeName, temporaryAddress: true };
    const apart = isApart(one);
    const isHeld = apart ? !placed.temporaryAddress : hidden.has(`${one.householdRef}\0${placed.addresseeName}`);
    return { ...placed, isApart: apart, isHeld };
  });
}
