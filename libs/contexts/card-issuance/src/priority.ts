import type { ContextParts, Priority } from '#platform';

/** Who goes first when everybody comes (CARD-4.12 Q4), by the beginnings of actions; what is not named is ordinary. */
const PRIORITY: readonly (readonly [string, Priority])[] = [
  ['stop-order.place', 'STOP'], ['call.desk', 'STOP'],
  ['handover.', 'HANDOVER'], ['stop-order.lift', 'HANDOVER'],
  ['card.preset', 'PRESET'], ['card.notify', 'PRESET'], ['pickup.move', 'PRESET'],
  ['backlog.', 'REPORT'], ['call.', 'REPORT'], ['pickup.list', 'REPORT'], ['service-state.', 'REPORT'], ['stop-order.list', 'REPORT'], ['stop-order.letter-text', 'REPORT'], ['card.list', 'REPORT'], ['mailing.list', 'REPORT'],
];

/** The parts with the priority of each route. */
export function prioritised(parts: ContextParts): ContextParts {
  return {
    ...parts,
    http: parts.http.map((one) => {
      const found = PRIORITY.find(([beginning]) => one.useCase.spec.action.startsWith(`card-issuance.${beginning}`));
      return found === undefined ? one : { ...one, priority: found[1] };
    }),
  };
}
