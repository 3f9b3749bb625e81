import { defineRpc } from '#kernel';
import { z } from 'zod';
import { bindingBlock } from './binding.js';
import { certificateOption, certificateRequestId, certificateType, MOST_COPIES, residentKey } from './certificate.js';

/** Questions that this context answers to its neighbours. */
export const municipalIssuerProto = new URL('./proto/municipal_issuer.proto', import.meta.url);

/** The purpose that the centre names. */
export const CONVENIENCE_ISSUANCE = 'CONVENIENCE_ISSUANCE';

/** One copy of the certificate; all copies of a request are printed of it. */
export const renderCertificate = defineRpc({
  context: 'municipal-issuer',
  proto: municipalIssuerProto,
  service: 'MunicipalIssuer',
  method: 'Render',
  input: z.object({
    requestId: certificateRequestId,
    municipalityCode: z.string().regex(/^\d{6}$/),
    type: certificateType,
    options: z.array(certificateOption).max(4).default([]),
    copies: z.coerce.number().int().min(1).max(MOST_COPIES),
    residentKey,
  }),
  output: z.object({ pdf: z.instanceof(Uint8Array).transform((value) => Buffer.from(value)), binding: bindingBlock }),
});
