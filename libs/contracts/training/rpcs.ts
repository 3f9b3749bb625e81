import { defineRpc } from '#kernel';
import { z } from 'zod';

/** Questions that this context answers to its neighbours. */
export const trainingProto = new URL('./proto/training.proto', import.meta.url);

/** Whether a certificate is in force (TRN-4.9). */
export const verifyCertificate = defineRpc({
  context: 'training',
  proto: trainingProto,
  service: 'Certificates',
  method: 'Verify',
  input: z.object({ no: z.string() }),
  output: z.object({ status: z.string(), title: z.string(), issuedOn: z.string() }),
});
