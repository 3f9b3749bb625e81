import { z } from 'zod';
import { municipalityCodeFault } from '#kernel';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { queueJob, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_IDS } from '../ca/ca.js';
import { partitionId, type CrlStore } from './crl.store.js';
import { ISSUE_CRLS } from './issue-crls.params.js';

const romaji = z.string().regex(/^[A-Z][A-Za-z' -]{1,60}$/);

const spec = useCase({
  action: 'jpki-ca.crl-partition.register',
  kind: 'command',
  summary: 'Sets up the revocation lists of a municipality under its names in Latin letters, or opens further ones for its next certificates',
  input: z.strictObject({
    municipalityCode: z.string().refine((code) => municipalityCodeFault(code) === undefined, { params: { code: 'CHECK_DIGIT' } }),
    prefectureRomaji: romaji.describe('with suffix, as Kasumi-ken'),
    municipalityRomaji: romaji.describe('with suffix, as Kasumi-shi'),
    part: z.number().int().min(1).max(99).default(1).describe('2 for its second lists, which follow on the first'),
  }),
  output: z.object({ partitions: z.array(z.string()) }),
  refusals: refusals(jpkiCaProblems, 'NOT_IN_STATE', 'PARTITION_DIFFERS'),
});

/** One open list a municipality and authority (JPKI 4.3, 4.8); the first issue follows at once, and a repetition changes nothing. */
export class RegisterPartition implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly crls: CrlStore) {}

  async execute(ctx: Ctx, { municipalityCode, prefectureRomaji, municipalityRomaji, part }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const names = { prefecture_romaji: prefectureRomaji, municipality_romaji: municipalityRomaji };
    const added: string[] = [];
    for (const ca of CA_IDS) {
      const id = partitionId(ca, municipalityCode, part);
      const isNew = part === 1
        ? await this.crls.addPartition(ctx.db, { id, ca, kind: 'CRL', municipality_code: municipalityCode, ...names, part })
        : (await this.crls.openNext(ctx.db, partitionId(ca, municipalityCode, part - 1), ctx.now)) !== undefined;
      if (isNew) added.push(id);
      const found = await this.crls.findPartition(ctx.db, id);
      if (found === undefined && part > 1) throw jpkiCaProblems.refuse('NOT_IN_STATE');
      // The names stand in certificates already issued; they cannot change under them.
      if (found?.prefecture_romaji !== prefectureRomaji || found.municipality_romaji !== municipalityRomaji) throw jpkiCaProblems.refuse('PARTITION_DIFFERS');
    }
    if (added.length > 0) await queueJob(ctx, ISSUE_CRLS, { partitionIds: added, scheduled: false });
    ctx.audit({ object: `crl-partition:${municipalityCode}`, facts: { part, added: added.length } });
    return { partitions: CA_IDS.map((ca) => partitionId(ca, municipalityCode, part)) };
  }
}
