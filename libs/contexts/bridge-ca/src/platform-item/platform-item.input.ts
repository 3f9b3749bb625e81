import { z } from 'zod';

const line = (most: number) => z.string().regex(/^[^\p{Cc}]+$/u).max(most).transform((text) => text.normalize('NFC'));
const text = z.string().min(1).max(4_000).transform((words) => words.normalize('NFC'));
const instant = z.iso.datetime();

/** What an item says beside its texts, by its kind. */
export const itemDetails = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('CLIENT_RELEASE'), version: z.string().regex(/^\d{1,4}(\.\d{1,4}){1,3}$/), systems: z.array(line(60)).min(1).max(20).describe('operating systems and browsers'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/).describe('of the installer'),
  }),
  z.strictObject({ kind: z.literal('SERVICE_NOTICE') }),
  z.strictObject({ kind: z.literal('MAINTENANCE_WINDOW'), from: instant, until: instant }).refine(({ from, until }) => from < until, { path: ['until'], params: { code: 'ORDER' } }),
  z.strictObject({ kind: z.literal('RESIDENT_NEED'), enquiries: z.number().int().min(1).max(10_000_000).describe('how many asked for it'), tickets: z.array(z.string().regex(/^[A-Za-z0-9-]{1,40}$/)).max(20) }),
  z.strictObject({ kind: z.literal('READER_CERTIFICATION'), maker: line(60), model: line(60), certificateNo: z.string().regex(/^[A-Za-z0-9-]{1,40}$/), validThrough: z.iso.date() }),
]);
export type ItemDetails = z.output<typeof itemDetails>;

export const itemTexts = z.strictObject({ title: z.strictObject({ ja: line(200), en: line(200) }), text: z.strictObject({ ja: text, en: text }) });
export type ItemTexts = z.output<typeof itemTexts>;
