import { defineRpc } from '#kernel';
import { z } from 'zod';

/** Questions that this context answers to its neighbours and to operators of kiosks. */
export const issuingCentreProto = new URL('./proto/issuing_centre.proto', import.meta.url);

/** What `POST /kiosk-sessions/{id}/selection` does, for systems of operators that speak gRPC (CARD-5). */
export const generateCertificate = defineRpc({
  context: 'issuing-centre',
  proto: issuingCentreProto,
  service: 'IssuingCentre',
  method: 'Generate',
  input: z.object({ requestId: z.string(), type: z.string(), options: z.array(z.string()).default([]), copies: z.number().int(), contentKey: z.string() }),
  output: z.object({ requestId: z.string(), state: z.literal('READY'), pageCount: z.number().int(), priceYen: z.number().int(), payUntil: z.iso.datetime() }),
});
