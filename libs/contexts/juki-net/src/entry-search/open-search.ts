import { entrySearchStateChanged, jukiNetProblems, writtenText } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { isDay } from '../change-notice/intake-row.js';
import type { FoundPerson } from '../inquiry/inquiry.js';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import { requireNotPassed } from '../merger/municipality-change.store.js';
import { type Sought, stateOfFound } from './entry-search.js';
import type { EntrySearchStore, StoredSearch } from './entry-search.store.js';
import { namedOfficer, searchView, viewOfSearch } from './search-view.js';

const spec = useCase({
  action: 'juki-net.entry-search.open',
  kind: 'command',
  summary: 'Searches the whole country for a person whom the municipality is about to enter with reason 13 or 14; of more than ten only the count is told',
  input: z.strictObject({
    nameKanji: writtenText(100),
    nameKana: writtenText(100).optional(),
    birthDate: z.string().refine((text) => isDay(text, true), { params: { code: 'DATE' } }).describe('YYYYMMDD, unknown parts 00'),
    sex: z.enum(['1', '2', '3', '9']),
  }),
  output: searchView,
  refusals: refusals(jukiNetProblems, 'MUNICIPALITY_CHANGED', 'OPERATOR_NOT_ASSERTED'),
});

/** Found are all of that day of birth with the name in kanji or in kana: nobody is passed over for a kanji or the sex (JUKI-7). */
export class OpenEntrySearch implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly searches: EntrySearchStore,
    private readonly register: InquiryStore,
  ) {}

  async execute(ctx: Ctx, sought: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const openedBy = namedOfficer(ctx);
    await requireNotPassed(ctx, ctx.actor.organisation);
    const { persons, found } = await this.look(ctx, sought);
    const state = stateOfFound(found);
    const candidates = state === 'TOO_WIDE' ? [] : persons.map(({ personKey }, index) => ({ candidate: index + 1, personKey }));
    const search: StoredSearch = {
      searchId: uuidv7(), municipalityCode: ctx.actor.organisation, state, steps: 1, openedBy, sought, found, nameIndex: this.searches.indexOf(sought), candidates,
    };
    await this.searches.add(ctx.db, search, ctx.now);
    tellSearch(ctx, search);
    return viewOfSearch(ctx, this.register, search);
  }

  private async look(ctx: Ctx, { nameKanji, nameKana, birthDate }: Sought): Promise<{ persons: FoundPerson[]; found: number }> {
    const names = [{ nameKanji }, ...(nameKana === undefined ? [] : [{ nameKana }])];
    const byKey = new Map<string, FoundPerson>();
    for (const name of names) {
      const { persons } = await this.register.byFourItems(ctx.db, { ...name, birthDate }, { today: localDateInJapan(ctx.now), within: '' });
      for (const person of persons) byKey.set(person.personKey, person);
    }
    return { persons: [...byKey.values()].sort((a, b) => (a.personKey < b.personKey ? -1 : 1)), found: byKey.size };
  }
}

/** Each state is told once; who was found, or that somebody was the same, is not. */
export function tellSearch(ctx: Ctx, { searchId, municipalityCode, state, steps, found }: Pick<StoredSearch, 'searchId' | 'municipalityCode' | 'state' | 'steps' | 'found'>): void {
  ctx.emit(entrySearchStateChanged, { aggregateId: searchId, sequence: steps, data: { searchId, municipalityCode, state, found } });
}
