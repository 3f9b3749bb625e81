import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jukiNetProto, resolveCodes } from '#contracts/juki-net';
import { platformProblems, useCase, type ContextModule, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { RegisterEntry } from '../assignment/assignment.js';

/** A resident register for specs: answers from a table, and can be away. */
export interface FakeRegister {
  readonly module: ContextModule;
  readonly people: Map<string, RegisterEntry>;
  /** Questions that are answered before the register goes away. */
  answers: number;
  /** Sizes of the questions so far. */
  readonly asked: number[];
}

const spec = useCase({ action: 'juki-net.code.resolve', kind: 'question', summary: 'Answers from the table of a spec', input: resolveCodes.input, output: resolveCodes.output, refusals: [] });
const nobody: RegisterEntry = { found: false, personKey: '', municipalityCode: '', superseded: false };

export function fakeRegister(): FakeRegister {
  const people = new Map<string, RegisterEntry>();
  const resolve: UseCase<typeof spec> = {
    spec,
    execute: async (_ctx: Ctx, { residentCodes }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> => {
      if (register.answers <= 0) throw platformProblems.refuse('UNAVAILABLE');
      register.answers -= 1;
      register.asked.push(residentCodes.length);
      return { entries: residentCodes.map((code) => people.get(code) ?? nobody) };
    },
  };
  const folder = mkdtempSync(join(tmpdir(), 'kiban-no-migrations-'));
  const register: FakeRegister = {
    people,
    answers: Infinity,
    asked: [],
    module: {
      name: 'juki-net',
      title: 'register of a spec',
      migrations: pathToFileURL(`${folder}/`),
      proto: jukiNetProto,
      events: [],
      policy: [{ action: spec.action, institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION'], scope: 'nation', basis: 'spec' }],
      build: () => ({ http: [], grpc: { 'JukiRegister.ResolveCodes': resolve }, subscriptions: [], jobs: [], schedules: [] }),
    },
  };
  return register;
}
