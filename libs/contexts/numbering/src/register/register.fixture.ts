import { codesOfPersons, getPersons, jukiNetEvents, jukiNetProto, resolveCodes, type PersonView } from '#contracts/juki-net';
import { platformProblems, useCase, type ContextModule, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { RegisterEntry } from '../assignment/assignment.js';

/** A resident register for specs: answers from tables, and can be away. */
export interface FakeRegister {
  readonly module: ContextModule;
  readonly people: Map<string, RegisterEntry>;
  readonly persons: Map<string, PersonView>;
  /** Whether it is out of reach for a question about these codes or people. */
  away: (asked: readonly string[]) => boolean;
}

const resolveSpec = useCase({ action: 'juki-net.code.resolve', kind: 'question', summary: 'Answers from the table of a spec', input: resolveCodes.input, output: resolveCodes.output, refusals: [] });
const codesSpec = useCase({ action: 'juki-net.code.of-persons', kind: 'question', summary: 'Answers from the table of a spec', input: codesOfPersons.input, output: codesOfPersons.output, refusals: [] });
const personsSpec = useCase({ action: 'juki-net.person.get', kind: 'question', summary: 'Answers from the table of a spec', input: getPersons.input, output: getPersons.output, refusals: [] });
const nobody: RegisterEntry = { found: false, personKey: '', municipalityCode: '', superseded: false };

export function fakeRegister(): FakeRegister {
  const people = new Map<string, RegisterEntry>();
  const persons = new Map<string, PersonView>();
  const refuseWhenAway = (asked: readonly string[]): void => {
    if (register.away(asked)) throw platformProblems.refuse('UNAVAILABLE');
  };
  const resolve: UseCase<typeof resolveSpec> = {
    spec: resolveSpec,
    execute: async (_ctx: Ctx, { residentCodes }: InputOf<typeof resolveSpec>): Promise<OutputOf<typeof resolveSpec>> => {
      refuseWhenAway(residentCodes);
      return { entries: residentCodes.map((code) => people.get(code) ?? nobody) };
    },
  };
  const codes: UseCase<typeof codesSpec> = {
    spec: codesSpec,
    execute: async (_ctx: Ctx, { personKeys }: InputOf<typeof codesSpec>): Promise<OutputOf<typeof codesSpec>> => {
      refuseWhenAway(personKeys);
      const present = [...people].filter(([, { personKey, superseded }]) => personKeys.includes(personKey) && !superseded);
      return { codes: present.map(([residentCode, { personKey }]) => ({ personKey, residentCode })) };
    },
  };
  const views: UseCase<typeof personsSpec> = {
    spec: personsSpec,
    execute: async (_ctx: Ctx, { personKeys }: InputOf<typeof personsSpec>): Promise<OutputOf<typeof personsSpec>> => {
      refuseWhenAway(personKeys);
      return { persons: personKeys.flatMap((key) => persons.get(key) ?? []) };
    },
  };
  const register: FakeRegister = {
    people,
    persons,
    away: () => false,
    module: {
      name: 'juki-net',
      title: 'register of a spec',
      // This folder has no migrations.
      migrations: new URL('./', import.meta.url),
      proto: jukiNetProto,
      events: jukiNetEvents,
      policy: [
        ...[resolveSpec, codesSpec].map(({ action }) => ({ action, institution: 'service' as const, clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION'], scope: 'nation' as const, basis: 'spec' })),
        { action: personsSpec.action, institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_CHANGE', 'NUMBER_VERIFICATION'], scope: 'nation', basis: 'spec' },
      ],
      build: () => ({
        http: [], grpc: { 'JukiRegister.ResolveCodes': resolve, 'JukiRegister.CodesOfPersons': codes, 'JukiRegister.GetPersons': views }, subscriptions: [], jobs: [], schedules: [],
      }),
    },
  };
  return register;
}
