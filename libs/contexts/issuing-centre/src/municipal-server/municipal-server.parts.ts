import { route, type ContextParts } from '#platform';
import { PlanMaintenance } from '../service-calendar/plan-maintenance.js';
import type { Shelf } from '../shelf.js';
import { RegisterMunicipality, SetFee } from './register-municipality.js';
import { ListServers, ShowMenu } from './show-menu.js';

/** What municipalities offer, when and at which fee (CARD-3.10, 4.15). */
export function municipalServerParts({ servers, maintenances }: Shelf): Partial<ContextParts> {
  return {
    http: [
      route('GET', '/kiosk-menu', new ShowMenu(servers, maintenances)),
      route('GET', '/municipal-servers', new ListServers(servers)),
      route('PUT', '/municipal-servers/:municipalityCode', new RegisterMunicipality(servers)),
      route('POST', '/municipal-servers/:municipalityCode/fees', new SetFee(servers), { status: 201 }),
      route('POST', '/maintenances', new PlanMaintenance(maintenances), { status: 201 }),
    ],
  };
}
