import { defineRpc } from '#kernel';
import { z } from 'zod';

export const numberingProto = new URL('./proto/numbering.proto', import.meta.url);

const place = { context: 'numbering', proto: numberingProto, service: 'Numbering' } as const;

/** The last line of the page before. A rule beside the schema, since the published maximum must not shrink; lines are int4. */
export const afterLine = z.coerce.number().int().min(0).refine((line) => line <= 2_147_483_647, { params: { code: 'RANGE' } });

/** A person's present number. */
export const numberLink = z.object({ personKey: z.uuid(), number: z.string().regex(/^\d{12}$/), seq: z.coerce.number().int().positive(), state: z.string() });

/** Numbers by person; people without one are left out; at most 1,000 a call. */
export const linkByPersons = defineRpc({
  ...place,
  method: 'LinkByPersons',
  input: z.object({ personKeys: z.array(z.uuid()).min(1).max(1_000) }),
  output: z.object({ links: z.array(numberLink).default([]) }),
});

/** The numbers of a batch, page by page in the order of its lines; `next` is absent on the last page. */
export const listBatchLinks = defineRpc({
  ...place,
  method: 'ListBatchLinks',
  input: z.object({ batchId: z.uuid(), after: afterLine.optional(), limit: z.coerce.number().int().min(1).max(5_000).optional() }),
  output: z.object({ links: z.array(numberLink.extend({ line: z.coerce.number().int() })).default([]), next: z.coerce.number().int().optional() }),
});

/** One member of a household's envelope. */
export const deliveryTarget = z.object({
  position: z.coerce.number().int(),
  householdRef: z.string(),
  lineInHousehold: z.coerce.number().int(),
  personKey: z.uuid(),
  postalCode: z.string(),
  address: z.string(),
  addresseeName: z.string(),
  temporaryAddress: z.boolean().default(false),
  itemCount: z.coerce.number().int(),
});

/** Delivery targets of a set, page by page; `next` is absent on the last page. A household may span two pages. */
export const listDeliveryTargets = defineRpc({
  ...place,
  method: 'ListDeliveryTargets',
  input: z.object({ setId: z.uuid(), after: afterLine.optional(), limit: z.coerce.number().int().min(1).max(2_000).optional() }),
  output: z.object({ targets: z.array(deliveryTarget).default([]), next: z.coerce.number().int().optional() }),
});
