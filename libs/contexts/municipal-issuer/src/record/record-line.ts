import { z } from 'zod';
import { characterFault, localDateFault, stripGlyphRefs, type LocalDate } from '#kernel';
import { residentKey } from '#contracts/municipal-issuer';
import { pngImage } from '../png-image.js';

const day = z.string().refine((text) => localDateFault(text) === undefined, { params: { code: 'DATE' } }).transform((text) => text as LocalDate);
/** NFC, with references to glyph images where no code point names a character. */
const text = (most: number) => z.string().normalize('NFC').trim().min(1).max(most).refine((value) => characterFault(stripGlyphRefs(value)) === undefined, { params: { code: 'CHARACTER' } });
/** A register holds what it holds: whether a name fits the form is judged when a certificate is asked for (CARD-4.15). */
const personName = text(400);
const yen = z.number().int().min(0).max(999_999_999_999);
const recordKey = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const version = z.number().int().min(1).max(2_147_483_647);

const residentFacts = z.strictObject({
  household: recordKey,
  position: z.number().int().min(1).max(99),
  name: personName, kana: text(200), birthDate: day, sex: z.enum(['M', 'F']), relation: text(20), householdHead: personName,
  address: text(200), addressSince: day, residentSince: day, previousAddress: text(200).optional(),
  domicile: text(200).optional(), registerHead: personName.optional(), number: z.string().regex(/^\d{12}$/).optional(),
  registerKey: recordKey.optional().describe('of the family register, where it is kept here'),
  state: z.enum(['RESIDENT', 'MOVE_OUT_NOTIFIED', 'DECEASED']),
  isProtected: z.boolean().describe('支援措置'),
  isPending: z.boolean().describe('a notification is being entered'),
});

const sealFacts = z.strictObject({ registrationNo: z.string().regex(/^[0-9A-Z-]{1,20}$/), registeredOn: day, image: pngImage });

const taxationFacts = z.strictObject({
  resident: residentKey,
  fiscalYear: z.number().int().min(2000).max(2200),
  addressOnJan1: text(200),
  income: z.array(z.strictObject({ title: text(20), yen })).min(1).max(12),
  deductions: z.array(z.strictObject({ title: text(20), yen })).max(20),
  taxable: yen, municipalIncomeLevy: yen, prefecturalIncomeLevy: yen, perCapitaLevy: yen,
  dependants: z.number().int().min(0).max(50),
});

const registerEntry = z.strictObject({ title: text(20), items: z.array(z.strictObject({ label: text(20), value: text(400) })).min(1).max(12) });

const familyRegisterFacts = z.strictObject({
  domicile: text(200), head: personName, madeOn: day.describe('編製日'),
  isPending: z.boolean(),
  members: z.array(z.strictObject({
    resident: residentKey.optional(), name: personName, birthDate: day, father: personName.optional(), mother: personName.optional(), relation: text(20),
    isRemoved: z.boolean().describe('除籍'),
    entries: z.array(registerEntry).max(30),
    addresses: z.array(z.strictObject({ address: text(200), since: day })).max(100).describe('附票'),
  })).min(1).max(40),
});

const domicileUseFacts = z.strictObject({ registerKey: recordKey.describe('of the family register, where it is kept here'), isProtected: z.boolean().describe('支援措置') });

const held = <Kind extends string, Key extends z.ZodType<string>, Facts extends z.ZodType>(kind: Kind, key: Key, facts: Facts) => z.strictObject({ kind: z.literal(kind), key, version, facts });

/** A line of the file of records: one fact sheet with the version that the municipality's system counts. */
export const recordLine = z.discriminatedUnion('kind', [
  held('RESIDENT', residentKey, residentFacts),
  held('SEAL_REGISTRATION', residentKey, sealFacts),
  held('TAXATION', recordKey, taxationFacts),
  held('FAMILY_REGISTER', recordKey, familyRegisterFacts),
  held('DOMICILE_USE', residentKey, domicileUseFacts),
]);

/** A record that no certificate may show any more. */
export const withdrawalLine = z.strictObject({ kind: z.enum(['RESIDENT', 'SEAL_REGISTRATION', 'TAXATION', 'FAMILY_REGISTER', 'DOMICILE_USE']), key: recordKey, version, withdrawn: z.literal(true) });

export type RecordKind = z.infer<typeof withdrawalLine>['kind'];
export type Resident = z.output<typeof residentFacts>;
export type SealRegistration = z.output<typeof sealFacts>;
export type Taxation = z.output<typeof taxationFacts>;
export type FamilyRegister = z.output<typeof familyRegisterFacts>;
/** 本籍地利用登録: one who lives elsewhere may have certificates of the register at kiosks, under the key that the approval names (CARD-2). */
export type DomicileUse = z.output<typeof domicileUseFacts>;
export type RegisterMember = FamilyRegister['members'][number];
