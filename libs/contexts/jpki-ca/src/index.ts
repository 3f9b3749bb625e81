export { jpkiCaModule } from './jpki-ca.module.js';
