export { municipalIssuerModule } from './municipal-issuer.module.js';
