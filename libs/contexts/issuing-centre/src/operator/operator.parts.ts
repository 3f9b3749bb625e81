import { route, type ContextParts } from '#platform';
import type { Shelf } from '../shelf.js';
import { ListOperators, RegisterKiosk, RegisterOperator, SetCommission } from './register-operator.js';

/** Operators of kiosks, their kiosks and commissions (CARD-3.10). */
export function operatorParts({ operators }: Shelf): Partial<ContextParts> {
  return {
    http: [
      route('GET', '/kiosk-operators', new ListOperators(operators)),
      route('PUT', '/kiosk-operators/:organisation', new RegisterOperator(operators)),
      route('PUT', '/kiosk-operators/:organisation/kiosks/:kioskId', new RegisterKiosk(operators)),
      route('POST', '/kiosk-operators/:organisation/commissions', new SetCommission(operators), { status: 201 }),
    ],
  };
}
