import { characterFault, defineRpc } from '#kernel';
import { z } from 'zod';

export const jukiNetProto = new URL('./proto/juki_net.proto', import.meta.url);

const place = { context: 'juki-net', proto: jukiNetProto, service: 'JukiRegister' } as const;

/** State of a person in the national register (JUKI-3.2). */
export const personStatus = z.enum(['RESIDENT', 'IN_TRANSIT', 'ABROAD', 'DECEASED', 'DELETED', 'CONFLICT']);

/** Person keys of resident codes, in the order asked; at most 5,000 a call. */
export const resolveCodes = defineRpc({
  ...place,
  method: 'ResolveCodes',
  input: z.object({
    residentCodes: z.array(z.string().regex(/^\d{11}$/)).min(1).max(5_000),
    municipalityCode: z.string().regex(/^\d{6}$/).optional().describe('for whom it is asked: since and movePending are left out for those who are settled there'),
  }),
  output: z.object({
    entries: z.array(z.object({
      found: z.boolean().default(false),
      personKey: z.string().default(''),
      municipalityCode: z.string().default(''),
      status: personStatus.optional(),
      superseded: z.boolean().default(false),
      since: z.string().default('').describe('day of entry in the municipality'),
      movePending: z.boolean().default(false).describe('a move away is notified and no entry elsewhere has come yet'),
    })).default([]),
  }),
});

export const personView = z.object({
  personKey: z.uuid(),
  factVersion: z.coerce.number().int(),
  status: personStatus,
  municipalityCode: z.string(),
  nameKanji: z.string(),
  nameKana: z.string().default(''),
  aliasName: z.string().optional(),
  birthDate: z.string().regex(/^\d{8}$/).describe('YYYYMMDD, unknown parts 00'),
  sex: z.string(),
  address: z.string(),
  townCode: z.string().optional(),
  postalCode: z.string().optional(),
  foreignResident: z.boolean().default(false),
  formerSurname: z.string().optional(),
});
export type PersonView = z.output<typeof personView>;

/** Present identity information by person key; people not on record are left out; at most 1,000 a call. */
export const getPersons = defineRpc({
  ...place,
  method: 'GetPersons',
  input: z.object({ personKeys: z.array(z.uuid()).min(1).max(1_000) }),
  output: z.object({ persons: z.array(personView).default([]) }),
});

/** Items that neighbours may ask for by person key: codes and numbers have questions of their own. */
export const personItem = z.enum(['municipalityCode', 'nameKanji', 'nameKana', 'aliasName', 'birthDate', 'sex', 'address', 'townCode', 'postalCode', 'formerSurname']);

/**
 * The items asked of one person; refuses RESIDENT_UNKNOWN, PERSON_IN_CONFLICT while two municipalities have a record (JUKI-7), and FACT_VERSION
 * (ABORTED) where the facts are not, or no longer, of the version that the caller goes by (JUKI-5.2).
 */
export const getByRef = defineRpc({
  ...place,
  method: 'GetByRef',
  input: z.object({ personKey: z.uuid(), items: z.array(personItem).min(1), factVersion: z.coerce.number().int().min(1).optional() }),
  output: z.object({
    personKey: z.uuid(), factVersion: z.coerce.number().int(), status: personStatus,
    ...personView.pick({ nameKanji: true, aliasName: true, birthDate: true, sex: true, address: true, municipalityCode: true, townCode: true, postalCode: true, formerSurname: true }).partial().shape,
    nameKana: z.string().optional(),
  }),
});

/** Whether a resident code or an individual number is somebody's: with `superseded` a code that was replaced. */
export const exists = defineRpc({
  ...place,
  method: 'Exists',
  input: z.object({ residentCode: z.string().regex(/^\d{11}$/).optional(), individualNumber: z.string().regex(/^\d{12}$/).optional() })
    .refine((input) => (input.residentCode === undefined) !== (input.individualNumber === undefined), { params: { code: 'ONE_KEY' } }),
  output: z.object({ exists: z.boolean().default(false), superseded: z.boolean().default(false) }),
});

/** Where a person was recorded on a day and since when, decided by the days of entry, never by arrival (JUKI-4.5). */
export const currentMunicipality = defineRpc({
  ...place,
  method: 'CurrentMunicipality',
  input: z.object({ personKey: z.uuid(), date: z.iso.date() }),
  output: z.object({ municipalityCode: z.string(), since: z.string(), status: personStatus }),
});

/** Present resident codes by person key, for the neighbours that keep them: the number register, and the data of a card that carries the code in its chip; people not on record are left out; at most 1,000 a call. */
export const codesOfPersons = defineRpc({
  ...place,
  method: 'CodesOfPersons',
  input: z.object({ personKeys: z.array(z.uuid()).min(1).max(1_000) }),
  output: z.object({ codes: z.array(z.object({ personKey: z.uuid(), residentCode: z.string().regex(/^\d{11}$/) })).default([]) }),
});

/**
 * Classes of foreign residents (30条の45): mid- to long-term resident, special permanent resident, person under temporary refuge or provisional
 * stay, transitional resident by birth or loss of nationality (JUKI-4.3). A municipality may notify it; it is no item of JUKI-4.2 and nobody is told.
 */
export const RESIDENCY_CLASSES = ['MID_TO_LONG_TERM', 'SPECIAL_PERMANENT', 'PROVISIONAL_STAY', 'TRANSITIONAL'] as const;
export const residencyClass = z.enum(RESIDENCY_CLASSES);

/** Items of identity information that a grant may contain (JUKI-4.2). */
export const INQUIRY_ITEMS = [
  'residentCode', 'individualNumber', 'nameKanji', 'nameKana', 'aliasName', 'birthDate', 'sex', 'address', 'municipalityCode', 'townCode', 'postalCode',
  // Last: what subscribers were told is kept by place.
  'changeReason', 'changeDate', 'formerSurname',
] as const;
export const inquiryItem = z.enum(INQUIRY_ITEMS);
export type InquiryItem = z.output<typeof inquiryItem>;

/**
 * 00 hit, 01 hit and changed since, 10 none, 11 several, 20 deceased, 21 abroad, 22 deleted ex officio, 23 in transit or in
 * conflict, 30 bad check digit, 31 code superseded, 41 protected, 90 the national server is closed (JUKI-4.7).
 */
export const inquiryResult = z.enum(['00', '01', '10', '11', '20', '21', '22', '23', '30', '31', '41', '90']);

/** Text that people write: what could not stand in the register is refused (JUKI-7), and PostgreSQL keeps no NUL. */
export const writtenText = (longest: number) => z.string().min(1).max(longest).refine((text) => characterFault(text) === undefined, { params: { code: 'CHARACTER' } });

const birthDate8 = z.string().regex(/^\d{8}$/);

// Not strict: the wire form of optional members brings a marker of its own for each.
/** A question of the register under a grant; exactly one of the three keys. */
export const inquiryInput = z.object({
  grantId: z.uuid(),
  residentCode: z.string().max(11).optional(),
  individualNumber: z.string().max(12).optional(),
  fourItems: z.object({
    nameKanji: writtenText(100).optional(),
    nameKana: writtenText(100).optional(),
    birthDate: birthDate8,
    sex: z.enum(['1', '2', '3', '9']).optional(),
    addressPrefix: writtenText(200).optional(),
  }).refine((items) => items.nameKanji !== undefined || items.nameKana !== undefined, { params: { code: 'REQUIRED' }, path: ['nameKanji'] }).optional(),
  items: z.array(inquiryItem).optional(),
  sinceDate: z.iso.date().optional(),
  mode: z.enum(['IMMEDIATE_HOST', 'IMMEDIATE_TERMINAL']).optional().describe('IMMEDIATE_HOST when left out; IMMEDIATE_TERMINAL: at the counter, by a named officer at a named terminal (Kiban-Terminal); tells one person, of several their number'),
  printed: z.boolean().optional().describe('the answer is to be printed, which goes on record'),
}).refine((input) => [input.residentCode, input.individualNumber, input.fourItems].filter((key) => key !== undefined).length === 1, { params: { code: 'ONE_KEY' } });

export const inquiredPerson = z.object({
  resultCode: inquiryResult,
  residentCode: z.string().optional(),
  individualNumber: z.string().optional(),
  nameKanji: z.string().optional(),
  nameKana: z.string().optional(),
  aliasName: z.string().optional(),
  birthDate: z.string().optional(),
  sex: z.string().optional(),
  address: z.string().optional(),
  municipalityCode: z.string().optional(),
  townCode: z.string().optional(),
  postalCode: z.string().optional(),
  changeReason: z.string().optional(),
  changeDate: z.string().optional(),
  isProtected: z.boolean().optional().describe('a support measure stands; told to grants that include it'),
  formerSurname: z.string().optional(),
});
export type InquiredPerson = z.output<typeof inquiredPerson>;

export const inquiryAnswer = z.object({
  resultCode: inquiryResult,
  count: z.coerce.number().int().default(0).describe('persons found; above ten only this is told'),
  persons: z.array(inquiredPerson).default([]),
  asOf: z.string(),
});

/** Immediate inquiry (即時提供): the gRPC form of `POST /inquiries`. */
export const inquire = defineRpc({ ...place, method: 'Inquire', input: inquiryInput, output: inquiryAnswer });

/**
 * Persons on record with the reading of the name and the day of birth, of more than one those at the address, if any: for a caller who knows no
 * code and is asked for no number (CARD-4.18). None where there are more than ten.
 */
export const findPersons = defineRpc({
  ...place,
  method: 'FindPersons',
  input: z.object({ nameKana: writtenText(200), birthDate: birthDate8, address: writtenText(400).optional() }),
  output: z.object({ personKeys: z.array(z.uuid()).default([]) }),
});

/** Whether a support measure protects the persons today, in the order asked; at most 1,000 a call (JUKI-4.13). */
export const isProtected = defineRpc({
  ...place,
  method: 'IsProtected',
  input: z.object({ personKeys: z.array(z.uuid()).min(1).max(1_000) }),
  output: z.object({ entries: z.array(z.object({ isProtected: z.boolean().default(false) })).default([]) }),
});

/**
 * Requests for linkage symbols without a result, for the exchange network to fetch: at most 500 a call, the present resident codes with
 * them. Fetched again from the start they come again until their results are told (JUKI-3.7).
 */
export const forwardSymbolAcquisitions = defineRpc({
  ...place,
  method: 'ForwardSymbolAcquisitions',
  input: z.object({ after: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(500).optional() }),
  output: z.object({
    requests: z.array(z.object({ requestId: z.uuid(), acquisitionNo: z.string(), residentCode: z.string().regex(/^\d{11}$/) })).default([]),
    next: z.uuid().optional(),
  }),
});

/** The result of a request for a linkage symbol; a refusal names its reason. */
export const confirmSymbolAcquisition = defineRpc({
  ...place,
  method: 'ConfirmSymbolAcquisition',
  input: z.object({ requestId: z.uuid(), result: z.enum(['CONFIRMED', 'REFUSED']), reason: z.enum(['ALREADY_HAS_SYMBOL', 'CODE_UNKNOWN', 'OTHER']).optional() })
    .refine(({ result, reason }) => (result === 'REFUSED') === (reason !== undefined), { params: { code: 'REQUIRED' }, path: ['reason'] }),
  output: z.object({ state: z.enum(['CONFIRMED', 'REFUSED']) }),
});

/** A block of resident codes for a municipality: the gRPC form of `POST /code-blocks`. */
export const allocateCodes = defineRpc({
  context: 'juki-net', proto: jukiNetProto, service: 'CodePool', method: 'Allocate',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), size: z.number().int().min(1).max(10_000), reason: z.enum(['INITIAL', 'RESTOCK', 'MORE_ENTRIES']) }),
  output: z.object({ blockId: z.uuid(), size: z.number().int(), unused: z.number().int() }),
});

/** A provision of identity information by another context (JUKI-3.9); free words stand in the article only. */
export const appendedUse = z.object({
  recordId: z.uuid(),
  at: z.iso.datetime(),
  personKey: z.uuid(),
  institution: z.enum(['municipality', 'prefecture', 'national-agency', 'signature-verifier', 'operator', 'service']).describe('kind of the recipient'),
  organisation: z.string().regex(/^[A-Za-z0-9-]{1,60}$/).describe('the recipient'),
  affair: z.string().regex(/^[A-Z][A-Z_]{1,59}$/),
  legalBasis: writtenText(200),
  mode: z.enum(['IMMEDIATE_TERMINAL', 'IMMEDIATE_HOST', 'BATCH_LINE', 'BATCH_MEDIUM', 'CHANGE_FEED']),
  keyKind: z.enum(['RESIDENT_CODE', 'INDIVIDUAL_NUMBER', 'FOUR_ITEMS', 'PERSON_KEY']),
  items: z.array(inquiryItem).default([]),
  resultCode: z.string().regex(/^(\d{2}|DELIVERY_UNKNOWN)$/),
});

/** Appends uses, at most 1,000 a message, each message whole or not at all; known by their ids, so that a message may be sent again. */
export const appendUses = defineRpc({
  context: 'juki-net', proto: jukiNetProto, service: 'UseLog', method: 'Append',
  input: z.object({ uses: z.array(appendedUse).min(1).max(1_000) }),
  output: z.object({ appended: z.number().int().default(0), repeated: z.number().int().default(0) }),
});

/** The lines of the completed extract of a month, page by page (JUKI-4.10). */
export const openExtract = defineRpc({
  context: 'juki-net', proto: jukiNetProto, service: 'Stats', method: 'OpenExtract',
  input: z.object({ month: z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/) }),
  output: z.object({ lines: z.array(z.string()).default([]), sha256: z.string() }),
});
