import { defineRpc } from '#kernel';
import { z } from 'zod';

export const jukiNetProto = new URL('./proto/juki_net.proto', import.meta.url);

const place = { context: 'juki-net', proto: jukiNetProto, service: 'JukiRegister' } as const;

/** State of a person in the national register (JUKI-3.2). */
export const personStatus = z.enum(['RESIDENT', 'IN_TRANSIT', 'ABROAD', 'DECEASED', 'DELETED', 'CONFLICT']);

/** Person keys of resident codes, in the order asked; at most 5,000 a call. */
export const resolveCodes = defineRpc({
  ...place,
  method: 'ResolveCodes',
  input: z.object({ residentCodes: z.array(z.string().regex(/^\d{11}$/)).min(1).max(5_000) }),
  output: z.object({
    entries: z.array(z.object({
      found: z.boolean().default(false),
      personKey: z.string().default(''),
      municipalityCode: z.string().default(''),
      status: personStatus.optional(),
      superseded: z.boolean().default(false),
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
});
export type PersonView = z.output<typeof personView>;

/** Present identity information by person key; people not on record are left out; at most 1,000 a call. */
export const getPersons = defineRpc({
  ...place,
  method: 'GetPersons',
  input: z.object({ personKeys: z.array(z.uuid()).min(1).max(1_000) }),
  output: z.object({ persons: z.array(personView).default([]) }),
});
