import { z } from 'zod';
import { addDays, startOfDayInJapan, toLocalDate } from '#kernel';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_IDS, serialHex } from '../ca/ca.js';
import { certificateAddress } from './certificate-answer.js';
import type { CertificateStore } from './certificate.store.js';

const spec = useCase({
  action: 'jpki-ca.certificate.list-issued',
  kind: 'question',
  summary: 'Certificates that an authority issued on a day, for whoever judges them again',
  input: z.strictObject({
    ca: z.enum(CA_IDS), day: z.iso.date().describe('in Japan'), after: certificateAddress.serial.optional().describe('`next` of the page before'),
    limit: z.coerce.number().int().min(1).max(500).default(200),
  }),
  output: z.object({ items: z.array(z.object({ serial: certificateAddress.serial, certificate: z.base64().describe('DER') })), next: certificateAddress.serial.optional() }),
  refusals: [],
});

/** Programs that share no code with the engine look each night at what it made (JPKI-4.15); signature certificates show their holders, so each page says whose it told. */
export class ListIssued implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly certificates: CertificateStore) {}

  async execute(ctx: Ctx, { ca, day, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const first = toLocalDate(day);
    const found = await this.certificates.issued(ctx.db, { ca, from: startOfDayInJapan(first), until: startOfDayInJapan(addDays(first, 1)), after: Number(`0x${after ?? '0'}`), limit: limit + 1 });
    const shown = found.slice(0, limit);
    ctx.audit({ object: `issued-certificates:${ca}:${day}`, subjects: [...new Set(shown.map(({ personKey }) => personKey))] });
    const items = shown.map(({ serial, der }) => ({ serial: serialHex(serial), certificate: der.toString('base64') }));
    const last = items.at(-1);
    return { items, ...(found.length > limit && last !== undefined ? { next: last.serial } : {}) };
  }
}
