import { municipalIssuerEvents, municipalIssuerProto } from '#contracts/municipal-issuer';
import { joinParts, type ContextModule } from '#platform';
import { certificateParts } from './certificate/certificate.parts.js';
import { municipalityParts } from './municipality/municipality.parts.js';
import { MunicipalityStore } from './municipality/municipality.store.js';
import { policy } from './policy.js';
import { recordParts } from './record/record.parts.js';
import { RecordStore } from './record/record.store.js';

/** 証明発行サーバ: the reference of what a municipality runs to have certificates issued at kiosks; one process serves any number of them. */
export const municipalIssuerModule: ContextModule = {
  name: 'municipal-issuer',
  title: 'Municipal issuing server for kiosk certificates',
  migrations: new URL('./migrations/', import.meta.url),
  proto: municipalIssuerProto,
  events: municipalIssuerEvents,
  policy,
  build: ({ cipher }) => {
    const shelf = { municipalities: new MunicipalityStore(cipher), records: new RecordStore(cipher) };
    return joinParts(municipalityParts(shelf), recordParts(shelf), certificateParts(shelf));
  },
};
