import { codesOfPersons, getPersons, resolveCodes } from '#contracts/juki-net';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { PersonViewStore } from './person-view.store.js';

const resolveSpec = useCase({
  action: 'juki-net.resident-code.resolve',
  kind: 'question',
  summary: 'Person keys of resident codes, in the order asked',
  input: resolveCodes.input,
  output: resolveCodes.output,
  refusals: [],
});

/** Resident codes to person keys for neighbours that keep no codes. */
export class ResolveCodes implements UseCase<typeof resolveSpec> {
  readonly spec = resolveSpec;
  constructor(private readonly views: PersonViewStore) {}

  async execute(ctx: Ctx, { residentCodes, municipalityCode }: InputOf<typeof resolveSpec>): Promise<OutputOf<typeof resolveSpec>> {
    const found = await this.views.resolve(ctx.db, residentCodes, ctx.now, municipalityCode);
    const byPosition = new Map(found.map((row) => [row.position, row]));
    ctx.audit({ object: 'resident-codes', subjects: found.map((row) => row.person_key), facts: { asked: residentCodes.length, found: found.length } });
    return {
      entries: residentCodes.map((_code, index) => {
        const row = byPosition.get(index + 1);
        if (row === undefined) return { found: false };
        const { person_key: personKey, municipality_code: municipalityCode, status, superseded, since, move_pending: movePending } = row;
        return { found: true, personKey, municipalityCode, status, superseded, since: since ?? '', movePending: movePending ?? false };
      }),
    };
  }
}

const codesSpec = useCase({
  action: 'juki-net.resident-code.of-persons',
  kind: 'question',
  summary: 'Present resident codes by person key',
  input: codesOfPersons.input,
  output: codesOfPersons.output,
  refusals: [],
});

/** The code that a person has now, for the code-number link after a change of code (NUM-3.4). */
export class CodesOfPersons implements UseCase<typeof codesSpec> {
  readonly spec = codesSpec;
  constructor(private readonly views: PersonViewStore) {}

  async execute(ctx: Ctx, { personKeys }: InputOf<typeof codesSpec>): Promise<OutputOf<typeof codesSpec>> {
    const codes = await this.views.codes(ctx.db, personKeys);
    ctx.audit({ object: 'resident-codes', subjects: codes.map(({ personKey }) => personKey), facts: { asked: personKeys.length, found: codes.length } });
    return { codes };
  }
}

const personsSpec = useCase({
  action: 'juki-net.person.get',
  kind: 'question',
  summary: 'Present identity information by person key',
  input: getPersons.input,
  output: getPersons.output,
  refusals: [],
});

/** Identity information for neighbours whose affair needs it; people not on record are left out. */
export class GetPersons implements UseCase<typeof personsSpec> {
  readonly spec = personsSpec;
  constructor(private readonly views: PersonViewStore) {}

  async execute(ctx: Ctx, { personKeys }: InputOf<typeof personsSpec>): Promise<OutputOf<typeof personsSpec>> {
    const persons = await this.views.views(ctx.db, personKeys, ctx.now);
    ctx.audit({ object: 'persons', subjects: persons.map((person) => person.personKey), facts: { asked: personKeys.length, found: persons.length } });
    return { persons };
  }
}
