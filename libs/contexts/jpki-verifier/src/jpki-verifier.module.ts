import { jpkiVerifierEvents, jpkiVerifierProto } from '#contracts/jpki-verifier';
import { joinParts, type ContextModule } from '#platform';
import { policy } from './policy.js';
import { statementParts } from './statement/statement.parts.js';
import { takeOverOnce, TakeOverVerifiers } from './take-over/take-over-verifiers.js';
import { TakenOver } from './take-over/taken-over.js';
import { verifierParts } from './verifier/verifier.parts.js';
import { VerifierStore } from './verifier/verifier.store.js';

/** 署名検証者・利用者証明検証者: who may ask for the status of certificates, and what it costs. */
export const jpkiVerifierModule: ContextModule = {
  name: 'jpki-verifier',
  title: 'Verifiers of public personal authentication (JPKI)',
  migrations: new URL('./migrations/', import.meta.url),
  proto: jpkiVerifierProto,
  events: jpkiVerifierEvents,
  policy,
  build: (platform) => {
    const verifiers = new VerifierStore(platform.cipher);
    const takenOver = new TakenOver();
    return joinParts(
      verifierParts(verifiers, takenOver),
      statementParts(platform, verifiers, takenOver),
      { jobs: [new TakeOverVerifiers({ cipher: platform.cipher, peers: platform.peers, takenOver })], schedules: [takeOverOnce] },
    );
  },
};
