import { defineRpc } from '#kernel';
import { z } from 'zod';

export const numberingProto = new URL('./proto/numbering.proto', import.meta.url);

const place = { context: 'numbering', proto: numberingProto, service: 'Numbering' } as const;

/** The last line of the page before. A rule beside the schema, since the published maximum must not shrink; lines are int4. */
export const afterLine = z.coerce.number().int().min(0).refine((line) => line <= 2_147_483_647, { params: { code: 'RANGE' } });

/** A person's present number. */
export const numberLink = z.object({ personKey: z.uuid(), number: z.string().regex(/^\d{12}$/), seq: z.coerce.number().int().positive(), state: z.string() });

/** Numbers by person; people without one are left out; at most 1,000 a call. Reads count against the limit unless a sealed list or batch names the people. */
export const linkByPersons = defineRpc({
  ...place,
  method: 'LinkByPersons',
  input: z.object({ personKeys: z.array(z.uuid()).min(1).max(1_000), setId: z.uuid().optional(), productionBatchId: z.uuid().optional() }),
  output: z.object({ links: z.array(numberLink).default([]) }),
});

/** One request of a municipality, as a line of the file NREQ. */
export const generateLine = z.object({
  lineNo: z.coerce.number().int().positive(),
  requestId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  municipalityCode: z.string().regex(/^\d{6}$/),
  residentCode: z.string().max(64),
  caseId: z.uuid().optional().describe('the granted case of a change'),
});

/** The number of one resident; whatever the rules refuse is a result as in the file NRES, what cannot be answered now ends the call. */
export const generate = defineRpc({
  ...place,
  method: 'Generate',
  input: generateLine,
  output: z.object({
    lineNo: z.coerce.number().int(),
    requestId: z.string(),
    resultCode: z.string().describe('00 ok, 01 same as before, 10 to 14 refused'),
    fault: z.string().default('').describe('the problem of a refusal; REQUEST_HELD: answered by itself within a day'),
    assignmentId: z.string().default(''),
    number: z.string().default(''),
    state: z.string().default(''),
    since: z.string().default('').describe('with 12: since when another municipality has the person'),
    jobId: z.string().default('').describe('with REQUEST_HELD: the job that tells what becomes of it'),
  }),
});

/** A day's requests one after another, each answered before the next is read; lines that were answered may be sent again. */
export const generateStream = defineRpc({ ...generate, method: 'GenerateStream' });

const digits = (count: number) => z.string().regex(new RegExp(`^\\d{${count}}$`));

/** What is known of a number that was ever designated; `since` is the day of its designation or, of a former number, of its end. */
export const numberStatus = z.object({ found: z.boolean().default(false), state: z.string().default(''), since: z.string().default('') });

/** The present number of a resident code. */
export const linkByCode = defineRpc({
  ...place,
  method: 'LinkByCode',
  input: z.object({ residentCode: digits(11) }),
  output: z.object({ found: z.boolean().default(false), link: numberLink.nullish() }),
});

/** Person and resident code of a number. Of a former number: that it was superseded and when, and whose it was. */
export const linkByNumber = defineRpc({
  ...place,
  method: 'LinkByNumber',
  input: z.object({ number: digits(12) }),
  output: numberStatus.extend({ personKey: z.string().default(''), residentCode: z.string().default('') }),
});

/** State of a number without its person. */
export const statusByNumber = defineRpc({ ...place, method: 'StatusByNumber', input: z.object({ number: digits(12) }), output: numberStatus });

/** Kinds of code with a check digit. */
export const checkedKind = z.enum(['RESIDENT_CODE', 'INDIVIDUAL_NUMBER', 'CORPORATE_NUMBER']);

/** Form and check digit of what somebody has entered; `looksLike` names the other kind that it may be. No register is asked. */
export const validateCheckDigit = defineRpc({
  ...place,
  service: 'CheckDigit',
  method: 'Validate',
  input: z.object({ kind: checkedKind, value: z.string().max(64) }),
  output: z.object({ valid: z.boolean().default(false), fault: z.string().default(''), looksLike: z.string().default('') }),
});

/** Whether numbers can be drawn, and under which key: KEY_ACTIVE, NO_KEY, or EMBEDDED_DEFAULT, which is not for production. */
export const keyCustodyState = defineRpc({
  ...place,
  service: 'KeyCustody',
  method: 'State',
  input: z.object({}),
  output: z.object({
    drawing: z.boolean().default(false),
    state: z.string(),
    custody: z.string(),
    ceremonyId: z.string().default(''),
    keyCheckValue: z.string().default(''),
    activatedAt: z.string().default(''),
    rotationDueOn: z.string().default(''),
    saltFault: z.string().default(''),
  }),
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
