export { jpkiVerifierModule } from './jpki-verifier.module.js';
