import { municipalIssuerEvents, municipalIssuerProto } from '#contracts/municipal-issuer';
import { joinParts, type ContextModule } from '#platform';
import { policy } from './policy.js';

/** The table of contents of this context: each feature adds the parts of its folder. */
export const municipalIssuerModule: ContextModule = {
  name: 'municipal-issuer',
  title: 'Municipal issuing server for kiosk certificates',
  migrations: new URL('./migrations/', import.meta.url),
  proto: municipalIssuerProto,
  events: municipalIssuerEvents,
  policy,
  build: () => joinParts(),
};
