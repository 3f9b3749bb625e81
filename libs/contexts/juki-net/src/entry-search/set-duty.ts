import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, toLocalDate } from '#kernel';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { requireNotPassed } from '../merger/municipality-change.store.js';
import { municipality } from '../transfer/transfer-view.js';
import { dutyFault } from './entry-search.js';
import type { EntrySearchStore } from './entry-search.store.js';
import { namedOfficer } from './search-view.js';

const spec = useCase({
  action: 'juki-net.entry-search-duty.set',
  kind: 'command',
  summary: 'Sets the day from which a municipality, its initial load done, must have searched before each entry ex officio (14)',
  input: z.strictObject({ municipalityCode: municipality, since: z.iso.date() }),
  output: z.object({ municipalityCode: z.string(), since: z.string() }),
  refusals: refusals(jukiNetProblems, 'ENTRY_SEARCH_DUTY', 'MUNICIPALITY_CHANGED', 'OPERATOR_NOT_ASSERTED', 'TERM'),
});

export class SetEntrySearchDuty implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly searches: EntrySearchStore) {}

  async execute(ctx: Ctx, { municipalityCode, since: text }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const officer = namedOfficer(ctx);
    await requireNotPassed(ctx, municipalityCode);
    const since = toLocalDate(text);
    const fault = dutyFault(await this.searches.lockDuty(ctx.db, municipalityCode), since, localDateInJapan(ctx.now));
    if (fault !== undefined) throw jukiNetProblems.refuse(fault, { fields: [{ pointer: '/since', code: fault }] });
    await this.searches.setDuty(ctx.db, municipalityCode, since, { officer, at: ctx.now });
    ctx.audit({ object: `entry-search-duty:${municipalityCode}`, facts: { since } });
    return { municipalityCode, since };
  }
}
