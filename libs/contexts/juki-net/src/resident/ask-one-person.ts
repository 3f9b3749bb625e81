import { currentMunicipality, getByRef, jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, toLocalDate } from '#kernel';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { PersonViewStore } from './person-view.store.js';
import { placeOn } from './person-status.js';

const byRefSpec = useCase({
  action: 'juki-net.person.get-by-ref',
  kind: 'question',
  summary: 'The items asked of one person, by person key',
  input: getByRef.input,
  output: getByRef.output,
  refusals: refusals(jukiNetProblems, 'FACT_VERSION', 'PERSON_IN_CONFLICT', 'RESIDENT_UNKNOWN'),
});

/** One person for a neighbour whose affair needs a part of the record, and must not go on with a doubtful one. */
export class GetByRef implements UseCase<typeof byRefSpec> {
  readonly spec = byRefSpec;
  constructor(private readonly views: PersonViewStore) {}

  async execute(ctx: Ctx, { personKey, items, factVersion: known }: InputOf<typeof byRefSpec>): Promise<OutputOf<typeof byRefSpec>> {
    const [person] = await this.views.views(ctx.db, [personKey], ctx.now);
    if (person === undefined) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    const { factVersion, status } = person;
    if (status === 'CONFLICT') throw jukiNetProblems.refuse('PERSON_IN_CONFLICT');
    if (known !== undefined && known !== factVersion) throw jukiNetProblems.refuse('FACT_VERSION', { facts: { factVersion } });
    ctx.audit({ object: 'persons', subjects: [personKey], facts: { items: items.join(',') } });
    return { personKey, factVersion, status, ...Object.fromEntries(items.map((item) => [item, person[item]])) };
  }
}

const placeSpec = useCase({
  action: 'juki-net.person.current-municipality',
  kind: 'question',
  summary: 'Where a person was recorded on a day, and since when',
  input: currentMunicipality.input,
  output: currentMunicipality.output,
  refusals: refusals(jukiNetProblems, 'DATE_IN_FUTURE', 'PERSON_IN_CONFLICT', 'RESIDENT_UNKNOWN'),
});

/** By what the register knows now of the day, not by what it knew then (JUKI-4.5.2). */
export class CurrentMunicipality implements UseCase<typeof placeSpec> {
  readonly spec = placeSpec;
  constructor(private readonly views: PersonViewStore) {}

  async execute(ctx: Ctx, { personKey, date }: InputOf<typeof placeSpec>): Promise<OutputOf<typeof placeSpec>> {
    const day = toLocalDate(date);
    if (day > localDateInJapan(ctx.now)) throw jukiNetProblems.refuse('DATE_IN_FUTURE', { fields: [{ pointer: '/date', code: 'DATE_IN_FUTURE' }] });
    const place = placeOn(await this.views.segments(ctx.db, personKey), day);
    if (place === undefined) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    if (place.status === 'CONFLICT') throw jukiNetProblems.refuse('PERSON_IN_CONFLICT');
    ctx.audit({ object: 'persons', subjects: [personKey], facts: { date } });
    return place;
  }
}
