import { jukiNetProto, resolveCodes } from '#contracts/juki-net';
import { platformProblems, useCase, type ContextModule, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { RegisterEntry } from '../assignment/assignment.js';

/** A resident register for specs: answers from a table, and can be away. */
export interface FakeRegister {
  readonly module: ContextModule;
  readonly people: Map<string, RegisterEntry>;
  /** Whether it is out of reach for a question about these codes. */
  away: (residentCodes: readonly string[]) => boolean;
}

const spec = useCase({ action: 'juki-net.code.resolve', kind: 'question', summary: 'Answers from the table of a spec', input: resolveCodes.input, output: resolveCodes.output, refusals: [] });
const nobody: RegisterEntry = { found: false, personKey: '', municipalityCode: '', superseded: false };

export function fakeRegister(): FakeRegister {
  const people = new Map<string, RegisterEntry>();
  const resolve: UseCase<typeof spec> = {
    spec,
    execute: async (_ctx: Ctx, { residentCodes }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> => {
      if (register.away(residentCodes)) throw platformProblems.refuse('UNAVAILABLE');
      return { entries: residentCodes.map((code) => people.get(code) ?? nobody) };
    },
  };
  const register: FakeRegister = {
    people,
    away: () => false,
    module: {
      name: 'juki-net',
      title: 'register of a spec',
      // This folder has no migrations.
      migrations: new URL('./', import.meta.url),
      proto: jukiNetProto,
      events: [],
      policy: [{ action: spec.action, institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION'], scope: 'nation', basis: 'spec' }],
      build: () => ({ http: [], grpc: { 'JukiRegister.ResolveCodes': resolve }, subscriptions: [], jobs: [], schedules: [] }),
    },
  };
  return register;
}
