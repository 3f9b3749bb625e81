import { defineRpc } from '#kernel';
import { z } from 'zod';
import { verifierAccess } from './events.js';

/** Questions that this context answers to its neighbours. */
export const jpkiVerifierProto = new URL('./proto/jpki_verifier.proto', import.meta.url);

/** What verifiers may ask now, by their ids; `version` is the sequence of the event that told it. Whoever answers them compares what it knows with it. */
export const listAccess = defineRpc({
  context: 'jpki-verifier',
  proto: jpkiVerifierProto,
  service: 'JpkiVerifier',
  method: 'ListAccess',
  input: z.object({ after: z.uuid().optional() }),
  output: z.object({ verifiers: z.array(verifierAccess.extend({ version: z.coerce.number().int().positive() })).default([]), next: z.uuid().optional() }),
});
