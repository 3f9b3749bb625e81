export { issuingCentreModule } from './issuing-centre.module.js';
