export { bridgeCaModule } from './bridge-ca.module.js';
