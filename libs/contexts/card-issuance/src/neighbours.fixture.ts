import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { z, type ZodType } from 'zod';
import { localDateOf, type EventDefinition, type RpcDefinition } from '#kernel';
import { DELEGATED_TASKS } from '#contracts/card-issuance';
import { activateCertificates, certificatesOfCard, followCard, statesOfCards, jpkiCaEvents, jpkiCaProblems, jpkiCaProto } from '#contracts/jpki-ca';
import { codesOfPersons, findPersons, getPersons, isProtected, jukiNetEvents, jukiNetProto, resolveCodes, type PersonView } from '#contracts/juki-net';
import { linkByPersons, listDeliveryTargets, numberingEvents, numberingProto, type deliveryTarget } from '#contracts/numbering';
import { Database, platformProblems, route, useCase, uuidv7, type ContextModule, type Ctx, type Platform, type UseCase } from '#platform';
import { DelegationStore } from './delegation/delegation.store.js';

export type Target = z.output<typeof deliveryTarget>;

/** The neighbours of this context for specs: they answer from tables, tell what a spec makes them tell, and can be away. */
export interface Neighbours {
  readonly modules: readonly ContextModule[];
  readonly persons: Map<string, PersonView>;
  readonly numbers: Map<string, string>;
  /** Persons by their resident code. */
  readonly codes: Map<string, string>;
  readonly targets: Target[];
  /** Persons with a support measure. */
  readonly protected: Set<string>;
  readonly activated: { readonly cardSerial: string; readonly wishSign: boolean; readonly wishAuth: boolean }[];
  /** Certificates by card serial, as the authority has them; what it is told once more is done to them. */
  readonly certificates: Map<string, z.output<typeof statesOfCards.output>['certificates']>;
  /** Cards whose certificates were withdrawn, and those that got new ones at a window. */
  readonly withdrawn: Set<string>;
  readonly windowIssued: Set<string>;
  authorityAway: boolean;
  /** The register takes questions and does not answer them in time. */
  registerHangs: boolean;
  /** Cards whose activation the authority refuses. */
  readonly refused: Set<string>;
  /** Questions for the delivery list that are not answered first. */
  listAway: number;
  /** Removes what the fakes keep on disk. */
  remove(): void;
}

const HANGS_MS = 4_000;
/** Targets a page, so that a household is cut by a page's end. */
const PAGE = 3;

export function fakeNeighbours(): Neighbours {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-no-migrations-'));
  const neighbours: Neighbours = {
    modules: [], persons: new Map(), numbers: new Map(), codes: new Map(), targets: [], protected: new Set(), activated: [], withdrawn: new Set(), windowIssued: new Set(), certificates: new Map(), authorityAway: false, registerHangs: false, refused: new Set(), listAway: 0,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  const juki = answer(getPersons, ['NOTIFICATION', 'CARD_PRODUCTION', 'CARD_HANDOVER', 'CALL_CENTRE'], async ({ personKeys }) => {
    if (neighbours.registerHangs) await setTimeout(HANGS_MS);
    return { persons: personKeys.flatMap((key) => neighbours.persons.get(key) ?? []) };
  });
  const search = answer(findPersons, ['CALL_CENTRE'], async ({ nameKana, birthDate, address }) => {
    if (neighbours.registerHangs) await setTimeout(HANGS_MS);
    const named = [...neighbours.persons.values()].filter((person) => person.nameKana === nameKana && person.birthDate === birthDate);
    const there = named.filter((person) => person.address === address);
    return { personKeys: (there.length > 0 ? there : named).map(({ personKey }) => personKey) };
  });
  const support = answer(isProtected, ['NOTIFICATION'], ({ personKeys }) => ({ entries: personKeys.map((key) => ({ isProtected: neighbours.protected.has(key) })) }));
  const codes = answer(resolveCodes, ['NOTIFICATION'], ({ residentCodes }) => ({
    entries: residentCodes.map((code) => {
      const person = neighbours.persons.get(neighbours.codes.get(code) ?? '');
      return { found: person !== undefined, personKey: person?.personKey ?? '', municipalityCode: person?.municipalityCode ?? '', superseded: false, since: '', movePending: false };
    }),
  }));
  const codesOf = answer(codesOfPersons, ['CARD_PRODUCTION'], ({ personKeys }) => ({ codes: personKeys.map((personKey) => ({ personKey, residentCode: codeOf(personKey) })) }));
  const links = answer(linkByPersons, ['NOTIFICATION', 'CARD_PRODUCTION'], ({ personKeys }) => ({
    links: personKeys.flatMap((personKey) => {
      const number = neighbours.numbers.get(personKey);
      return number === undefined ? [] : [{ personKey, number, seq: 1, state: 'DESIGNATED' }];
    }),
  }));
  const targets = answer(listDeliveryTargets, ['NOTIFICATION'], ({ after }) => {
    neighbours.listAway -= 1;
    if (neighbours.listAway >= 0) throw platformProblems.refuse('UNAVAILABLE');
    const rest = neighbours.targets.filter((target) => target.position > (after ?? 0));
    const page = rest.slice(0, PAGE);
    const next = rest.length > PAGE ? page.at(-1)?.position : undefined;
    return { targets: page, ...(next === undefined ? {} : { next }) };
  });
  const certificates = answer(certificatesOfCard, ['CARD_PRODUCTION'], ({ cardSerial }) => ({
    certificates: [{ type: 'AUTH_CERT' as const, serial: 'a1', state: 'ISSUED_INACTIVE' as const, notAfter: '2021-01-20T14:59:59Z', der: Buffer.from(`certificate of ${cardSerial}`), issuer: Buffer.from(`issuer of ${cardSerial}`) }],
  }));
  const activation = answer(activateCertificates, ['CARD_HANDOVER'], ({ cardSerial, wishSign, wishAuth }) => {
    if (neighbours.authorityAway) throw platformProblems.refuse('UNAVAILABLE');
    if (neighbours.refused.has(cardSerial)) throw jpkiCaProblems.refuse('PERSON_MISMATCH');
    neighbours.activated.push({ cardSerial, wishSign, wishAuth });
    if (!wishSign && !wishAuth) neighbours.withdrawn.add(cardSerial);
    const state = neighbours.withdrawn.has(cardSerial) && !neighbours.windowIssued.has(cardSerial) ? ('REVOKED' as const) : ('VALID' as const);
    const der = Buffer.from(`certificate of ${cardSerial}`);
    return { certificates: (['SIGN_CERT', 'AUTH_CERT'] as const).map((type) => ({ type, serial: 'a1', state, notAfter: '2021-01-20T14:59:59Z', der })) };
  });
  const states = answer(statesOfCards, ['CARD_HANDOVER'], ({ cardSerials }) => ({ certificates: cardSerials.flatMap((serial) => neighbours.certificates.get(serial) ?? []) }));
  const follow = answer(followCard, ['CARD_HANDOVER'], ({ cardSerial, state }) => {
    const told = (type: string): 'VALID' | 'HELD' | 'REVOKED' => (state === 'RESUMED' ? 'VALID' : state === 'SUSPENDED' && type === 'AUTH_CERT' ? 'HELD' : 'REVOKED');
    const certificates = (neighbours.certificates.get(cardSerial) ?? []).map((one) => (one.state === 'REVOKED' ? one : { ...one, state: told(one.type) }));
    neighbours.certificates.set(cardSerial, certificates);
    return { certificates };
  });
  const modules = [
    fake({ name: 'juki-net', proto: jukiNetProto, events: jukiNetEvents, folder }, [juki, search, support, codes, codesOf]),
    fake({ name: 'numbering', proto: numberingProto, events: numberingEvents, folder }, [links, targets]),
    fake({ name: 'jpki-ca', proto: jpkiCaProto, events: jpkiCaEvents, folder }, [certificates, activation, states, follow]),
  ];
  return Object.assign(neighbours, { modules });
}

/** The resident code by which the fake register knows a person; its check digit is nobody's matter here. */
export function codeOf(personKey: string): string {
  return `98${String(Number.parseInt(personKey.slice(0, 7), 16)).padStart(9, '0')}`;
}

interface Answer {
  readonly name: string;
  readonly useCase: UseCase;
  readonly purposes: readonly string[];
}

function answer<I, O>(rpc: RpcDefinition<I, O>, purposes: readonly string[], reply: (input: I) => O | Promise<O>): Answer {
  const spec = useCase({ action: `${rpc.context}.spec.${rpc.method}`, kind: 'question', summary: 'Answers from the table of a spec', input: rpc.input, output: rpc.output as ZodType, refusals: [] });
  const answering: UseCase = { spec, execute: async (_ctx: Ctx, input: unknown) => reply(rpc.input.parse(input)) };
  return { name: `${rpc.service}.${rpc.method}`, useCase: answering, purposes };
}

interface Contract {
  readonly name: string;
  readonly proto: URL;
  readonly events: readonly EventDefinition<unknown>[];
  readonly folder: string;
}

function fake({ name, proto, events, folder }: Contract, answers: readonly Answer[]): ContextModule {
  const telling = tell(name, events);
  return {
    name,
    title: `${name} of a spec`,
    migrations: pathToFileURL(`${folder}/`),
    proto,
    events,
    policy: [
      { action: telling.spec.action, institution: 'operator', scope: 'nation', basis: 'spec' },
      ...answers.map(({ useCase: answering, purposes }) => ({ action: answering.spec.action, institution: 'service' as const, clients: ['svc-card-issuance'], purposes, scope: 'nation' as const, basis: 'spec' })),
    ],
    build: (platform) => ({ prepare: () => delegateAll(platform), http: [route('POST', '/told', telling)], grpc: Object.fromEntries(answers.map((one) => [one.name, one.useCase])), subscriptions: [], jobs: [], schedules: [] }),
  };
}

/** The municipalities of specs, which have the agency do everything: a spec that wants another one uses another municipality. */
const DELEGATING = ['990019', '990027'];

async function delegateAll({ config }: Platform): Promise<void> {
  const database = new Database(config.database, 'card-issuance', { role: 'app', connections: 1 });
  await new DelegationStore().add(
    database.db, DELEGATING.map((municipalityCode) => ({ delegationId: uuidv7(), municipalityCode, tasks: DELEGATED_TASKS, startsOn: localDateOf(2015, 4, 1), grantBasis: 'spec' })), 'IN_FORCE', { person: 'spec', now: new Date(0) },
  );
  await database.close();
}

const told = z.object({ event: z.string(), aggregateId: z.string(), sequence: z.number(), data: z.unknown() });

/** Publishes an event of the neighbour's contract as the neighbour would. */
function tell(context: string, events: readonly EventDefinition<unknown>[]): UseCase {
  const spec = useCase({ action: `${context}.spec.tell`, kind: 'command', summary: 'Tells what a spec wants told', input: told, output: z.object({}), refusals: [] });
  return {
    spec,
    execute: async (ctx: Ctx, input: unknown) => {
      const { event, aggregateId, sequence, data } = told.parse(input);
      const definition = events.find((candidate) => candidate.name === event);
      if (definition === undefined) throw platformProblems.refuse('NOT_FOUND');
      ctx.emit(definition, { aggregateId, sequence, data });
      return {};
    },
  };
}
