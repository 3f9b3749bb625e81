import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z, type ZodType } from 'zod';
import type { EventDefinition, RpcDefinition } from '#kernel';
import { activateCertificates, certificatesOfCard, jpkiCaEvents, jpkiCaProblems, jpkiCaProto } from '#contracts/jpki-ca';
import { getPersons, isProtected, jukiNetEvents, jukiNetProto, type PersonView } from '#contracts/juki-net';
import { linkByPersons, listDeliveryTargets, numberingEvents, numberingProto, type deliveryTarget } from '#contracts/numbering';
import { platformProblems, route, useCase, type ContextModule, type Ctx, type UseCase } from '#platform';

export type Target = z.output<typeof deliveryTarget>;

/** The neighbours of this context for specs: they answer from tables, tell what a spec makes them tell, and can be away. */
export interface Neighbours {
  readonly modules: readonly ContextModule[];
  readonly persons: Map<string, PersonView>;
  readonly numbers: Map<string, string>;
  readonly targets: Target[];
  /** Persons with a support measure. */
  readonly protected: Set<string>;
  readonly activated: { readonly cardSerial: string; readonly wishSign: boolean; readonly wishAuth: boolean }[];
  /** Cards whose certificates were withdrawn, and those that got new ones at a window. */
  readonly withdrawn: Set<string>;
  readonly windowIssued: Set<string>;
  authorityAway: boolean;
  /** Cards whose activation the authority refuses. */
  readonly refused: Set<string>;
  /** Questions for the delivery list that are not answered first. */
  listAway: number;
  /** Removes what the fakes keep on disk. */
  remove(): void;
}

/** Targets a page, so that a household is cut by a page's end. */
const PAGE = 3;

export function fakeNeighbours(): Neighbours {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-no-migrations-'));
  const neighbours: Neighbours = {
    modules: [], persons: new Map(), numbers: new Map(), targets: [], protected: new Set(), activated: [], withdrawn: new Set(), windowIssued: new Set(), authorityAway: false, refused: new Set(), listAway: 0,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  const juki = answer(getPersons, ['CARD_PRODUCTION', 'CARD_HANDOVER', 'CALL_CENTRE'], ({ personKeys }) => ({ persons: personKeys.flatMap((key) => neighbours.persons.get(key) ?? []) }));
  const support = answer(isProtected, ['NOTIFICATION'], ({ personKeys }) => ({ entries: personKeys.map((key) => ({ isProtected: neighbours.protected.has(key) })) }));
  const links = answer(linkByPersons, ['CARD_PRODUCTION'], ({ personKeys }) => ({
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
    certificates: [{ type: 'AUTH_CERT' as const, serial: 'a1', state: 'ISSUED_INACTIVE' as const, notAfter: '2021-01-20T14:59:59Z', der: Buffer.from(`certificate of ${cardSerial}`) }],
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
  const modules = [
    fake({ name: 'juki-net', proto: jukiNetProto, events: jukiNetEvents, folder }, [juki, support]),
    fake({ name: 'numbering', proto: numberingProto, events: numberingEvents, folder }, [links, targets]),
    fake({ name: 'jpki-ca', proto: jpkiCaProto, events: jpkiCaEvents, folder }, [certificates, activation]),
  ];
  return Object.assign(neighbours, { modules });
}

interface Answer {
  readonly name: string;
  readonly useCase: UseCase;
  readonly purposes: readonly string[];
}

function answer<I, O>(rpc: RpcDefinition<I, O>, purposes: readonly string[], reply: (input: I) => O): Answer {
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
    build: () => ({ http: [route('POST', '/told', telling)], grpc: Object.fromEntries(answers.map((one) => [one.name, one.useCase])), subscriptions: [], jobs: [], schedules: [] }),
  };
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
