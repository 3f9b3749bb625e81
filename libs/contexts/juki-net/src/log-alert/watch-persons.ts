import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, ResidentCode } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { PersonViewStore } from '../resident/person-view.store.js';
import type { LogAlertStore, Watch } from './log-alert.store.js';
import { officerOf } from './manage-alerts.js';

const MOST_LISTED = 1_000;
const reason = z.enum(['COLLEAGUE', 'PROMINENT', 'AT_RISK']);
const view = z.object({ watchId: z.uuid(), reason: z.string(), setBy: z.string(), sinceOn: z.string() });

function viewOf({ watchId, reason: why, setBy, sinceOn }: Watch): z.input<typeof view> {
  return { watchId, reason: why, setBy, sinceOn };
}

const watchSpec = useCase({
  action: 'juki-net.watched-person.watch', kind: 'command',
  summary: 'Puts a person on the list whose inquiries are looked at: a colleague of those who ask, someone prominent, someone at risk',
  input: z.strictObject({ residentCode: z.string().refine((text) => ResidentCode.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }), reason }),
  output: view,
  refusals: [...refusals(jukiNetProblems, 'OPERATOR_NOT_ASSERTED', 'RESIDENT_UNKNOWN', 'WATCH_EXISTS'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

export class WatchPerson implements UseCase<typeof watchSpec> {
  readonly spec = watchSpec;
  constructor(
    private readonly alerts: LogAlertStore,
    private readonly persons: PersonViewStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof watchSpec>): Promise<OutputOf<typeof watchSpec>> {
    const setBy = officerOf(ctx);
    const [person] = await this.persons.resolve(ctx.db, [input.residentCode], ctx.now);
    if (person === undefined || person.superseded) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    requireJurisdiction(ctx, person.municipality_code);
    const { organisation } = ctx.actor;
    const watch = { watchId: uuidv7(), personKey: person.person_key, organisation, reason: input.reason, setBy, sinceOn: localDateInJapan(ctx.now) };
    if (!(await this.alerts.watch(ctx.db, watch))) throw jukiNetProblems.refuse('WATCH_EXISTS');
    ctx.audit({ object: `watched-person:${watch.watchId}`, subjects: [watch.personKey], facts: { reason: input.reason } });
    return viewOf(watch);
  }
}

const endSpec = useCase({
  action: 'juki-net.watched-person.end', kind: 'command', summary: 'Takes a person off the list of the asking organisation',
  input: z.strictObject({ watchId: z.uuid() }), output: view,
  refusals: [...refusals(jukiNetProblems, 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class EndWatch implements UseCase<typeof endSpec> {
  readonly spec = endSpec;
  constructor(private readonly alerts: LogAlertStore) {}

  async execute(ctx: Ctx, { watchId }: InputOf<typeof endSpec>): Promise<OutputOf<typeof endSpec>> {
    const by = { officer: officerOf(ctx), on: localDateInJapan(ctx.now) };
    const watch = await this.alerts.endWatch(ctx.db, { watchId, organisation: ctx.actor.organisation }, by);
    if (watch === undefined) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `watched-person:${watchId}`, subjects: [watch.personKey] });
    return viewOf(watch);
  }
}

const listSpec = useCase({
  action: 'juki-net.watched-person.list', kind: 'question', summary: 'List of watched persons of the asking organisation, by reference', input: z.strictObject({}),
  output: z.object({ items: z.array(view) }), refusals: [],
});

export class ListWatched implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly alerts: LogAlertStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    const watches = await this.alerts.watches(ctx.db, ctx.actor.organisation, MOST_LISTED);
    ctx.audit({ object: 'watched-persons', subjects: watches.map(({ personKey }) => personKey) });
    return { items: watches.map(viewOf) };
  }
}
