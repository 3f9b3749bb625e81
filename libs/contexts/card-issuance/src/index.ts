export { cardIssuanceModule } from './card-issuance.module.js';
