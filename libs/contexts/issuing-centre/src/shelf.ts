import type { Platform } from '#platform';
import { CertificateRequestStore } from './certificate-request/certificate-request.store.js';
import { MunicipalServerStore } from './municipal-server/municipal-server.store.js';
import { KioskOperatorStore } from './operator/kiosk-operator.store.js';
import { DomicileRegistrationStore } from './resident-link/domicile-registration.store.js';
import { ResidentLinkStore } from './resident-link/resident-link.store.js';
import { MaintenanceStore } from './service-calendar/maintenance.store.js';
import { TypeBlockStore } from './type-block/type-block.store.js';

/** What this context's features read and write by. */
export interface Shelf {
  readonly blocks: TypeBlockStore;
  readonly links: ResidentLinkStore;
  readonly maintenances: MaintenanceStore;
  readonly operators: KioskOperatorStore;
  readonly registrations: DomicileRegistrationStore;
  readonly requests: CertificateRequestStore;
  readonly servers: MunicipalServerStore;
}

/** The stores, each once. */
export function shelfOf({ cipher }: Platform): Shelf {
  return {
    blocks: new TypeBlockStore(cipher), links: new ResidentLinkStore(cipher), maintenances: new MaintenanceStore(), operators: new KioskOperatorStore(),
    registrations: new DomicileRegistrationStore(cipher), requests: new CertificateRequestStore(cipher), servers: new MunicipalServerStore(cipher),
  };
}
