export { jpkiCaModule } from './jpki-ca.module.js';
export { type ProfileSet, partitionName, profileSet } from './profile/profiles.js';
