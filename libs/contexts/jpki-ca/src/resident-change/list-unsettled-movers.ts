import { z } from 'zod';
import { addDays, localDateInJapan } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_IDS, serialHex } from '../ca/ca.js';
import { certificateAddress } from '../certificate/certificate-answer.js';
import { ENTRY_WITHIN_DAYS } from './resident-change.js';
import type { MoverStore } from './unsettled-mover.store.js';

const spec = useCase({
  action: 'jpki-ca.unsettled-mover.list',
  kind: 'question',
  summary: 'Certificates in force of those who left a municipality more than 14 days ago and were entered nowhere: a hint to look, no revocation',
  input: z.strictObject({
    municipalityCode: z.string().regex(/^\d{6}$/), after: z.string().regex(/^(sign|auth):[0-9a-f]{1,12}$/).optional().describe('`next` of the page before'),
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
  }),
  output: z.object({
    items: z.array(z.object({ ca: z.enum(CA_IDS), serial: certificateAddress.serial, cardSerial: z.string(), leftOn: z.iso.date() })),
    next: z.string().optional(),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** Who moves is followed to the new place by the entry there; where none comes, the municipality that was left looks for the person (JUKI-4.9). */
export class ListUnsettledMovers implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly movers: MoverStore) {}

  async execute(ctx: Ctx, { municipalityCode, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    const leftBefore = addDays(localDateInJapan(ctx.now), -ENTRY_WITHIN_DAYS);
    const found = await this.movers.withoutEntry(ctx.db, { municipalityCode, leftBefore, after, limit: limit + 1, now: ctx.now });
    const shown = found.slice(0, limit);
    ctx.audit({ object: `unsettled-movers:${municipalityCode}`, subjects: [...new Set(shown.map(({ personKey }) => personKey))] });
    const items = shown.map(({ ca, serial, cardSerial, leftOn }) => ({ ca, serial: serialHex(serial), cardSerial, leftOn }));
    const last = items.at(-1);
    return { items, ...(found.length > limit && last !== undefined ? { next: `${last.ca}:${last.serial}` } : {}) };
  }
}
