import { z } from 'zod';
import { characterFault, compareDates, holdsPersonalNumber, localDateInJapan, toLocalDate } from '#kernel';
import { keyCeremonyStateChanged, numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CEREMONY_STATES, ceremonyFault, custodianFault, isWitnessed, rotationDueOn, type CeremonyStep } from './custody.js';
import type { CeremonyRecord, KeyCeremonyStore } from './key-ceremony.store.js';
import { newCeremony, type KeyCustody } from './key-custody.js';

export const byId = z.strictObject({ ceremonyId: z.uuid() });
export const stepOutput = z.object({ ceremonyId: z.uuid(), state: z.enum(CEREMONY_STATES) });
const name = z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/);

const planSpec = useCase({
  action: 'numbering.key-ceremony.plan',
  kind: 'command',
  summary: 'Plans the ceremony of a new key: its day, and five officers from three units or more of whom three from three units must be there',
  input: z.strictObject({
    heldOn: z.iso.date().regex(/^20/),
    custodians: z.array(z.strictObject({ officer: name, unit: name })).max(5),
    working: z.boolean().default(false).describe('a sealed working key for the mass numbering, opened in the memory of the process that draws; else the key never leaves the token'),
  })
    .refine(({ custodians }) => custodianFault(custodians) !== 'OFFICERS', { params: { code: 'OFFICERS' }, path: ['custodians'] })
    .refine(({ custodians }) => custodianFault(custodians) !== 'UNITS', { params: { code: 'UNITS' }, path: ['custodians'] }),
  output: stepOutput,
  refusals: refusals(numberingProblems, 'CEREMONY_DAY', 'OPERATOR_NOT_ASSERTED'),
});

/** NUM-3.7: a ceremony that is not held on its day is planned anew. */
export class PlanCeremony implements UseCase<typeof planSpec> {
  readonly spec = planSpec;
  constructor(private readonly custody: KeyCustody) {}

  async execute(ctx: Ctx, { heldOn, custodians, working }: InputOf<typeof planSpec>): Promise<OutputOf<typeof planSpec>> {
    namedOfficer(ctx);
    if (compareDates(toLocalDate(heldOn), localDateInJapan(ctx.now)) < 0) throw numberingProblems.refuse('CEREMONY_DAY');
    const { store, ceremonies, training } = this.custody.parts;
    const ceremony = newCeremony({ ceremonyId: uuidv7(), origin: 'CEREMONY', heldOn, custody: store.kind, working, training, custodians: custodians.map((planned) => ({ ...planned, attendedAt: null })) });
    await ceremonies.add(ctx.db, ceremony, ctx.now);
    tell(ctx, ceremony);
    ctx.audit({ object: `key-ceremony:${ceremony.ceremonyId}`, facts: { heldOn, working } });
    return { ceremonyId: ceremony.ceremonyId, state: ceremony.state };
  }
}

const stepRefusals = [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(numberingProblems, 'CEREMONY_DAY', 'CEREMONY_STATE', 'NOT_CUSTODIAN', 'OPERATOR_NOT_ASSERTED')];

const attendSpec = useCase({
  action: 'numbering.key-ceremony.attend', kind: 'command', summary: 'One of the five officers says that he is there; nobody can say so for another', input: byId, output: stepOutput, refusals: stepRefusals,
});

/** NUM-4.9: PLANNED -> WITNESSED with the third officer from a third unit. */
export class AttendCeremony implements UseCase<typeof attendSpec> {
  readonly spec = attendSpec;
  constructor(private readonly custody: KeyCustody) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof attendSpec>): Promise<OutputOf<typeof attendSpec>> {
    const { ceremonies } = this.custody.parts;
    const { ceremony, officer } = await permitStep(ctx, ceremonies, ceremonyId, 'ATTEND');
    const custodians = ceremony.custodians.map((custodian) => (custodian.officer === officer ? { ...custodian, attendedAt: custodian.attendedAt ?? ctx.now.toISOString() } : custodian));
    return moveCeremony(ctx, ceremonies, ceremony, { custodians, state: isWitnessed(custodians) ? 'WITNESSED' : 'PLANNED' });
  }
}

const recordSpec = useCase({
  action: 'numbering.key-ceremony.record',
  kind: 'command',
  summary: 'A witness writes the minutes; until the key is made they may be written again',
  input: byId.extend({ minutes: z.string().min(1).max(20_000).refine((text) => characterFault(text.replace(/[\r\n\t]/g, ' ')) === undefined, { params: { code: 'CHARACTER' } }) }),
  output: stepOutput,
  refusals: [...stepRefusals, ...refusals(numberingProblems, 'PERSONAL_NUMBER_IN_TEXT')],
});

export class RecordCeremony implements UseCase<typeof recordSpec> {
  readonly spec = recordSpec;
  constructor(private readonly custody: KeyCustody) {}

  async execute(ctx: Ctx, { ceremonyId, minutes }: InputOf<typeof recordSpec>): Promise<OutputOf<typeof recordSpec>> {
    if (holdsPersonalNumber(minutes)) throw numberingProblems.refuse('PERSONAL_NUMBER_IN_TEXT', { fields: [{ pointer: '/minutes', code: 'PERSONAL_NUMBER' }] });
    const { ceremonies } = this.custody.parts;
    const { ceremony, officer } = await permitStep(ctx, ceremonies, ceremonyId, 'RECORD');
    return moveCeremony(ctx, ceremonies, ceremony, { minutes, minutesBy: officer });
  }
}

const activateSpec = useCase({
  action: 'numbering.key-ceremony.activate',
  kind: 'command',
  summary: 'Another witness than the writer of the minutes has the key made; from now on numbers are drawn with it, and with the former one no more',
  input: byId,
  output: stepOutput.extend({ keyCheckValue: z.string() }),
  refusals: [...stepRefusals, ...refusals(numberingProblems, 'MINUTES_MISSING', 'SAME_OFFICER')],
});

/** NUM-4.9: WITNESSED -> KEY_ACTIVE, and the former key KEY_ACTIVE -> ROTATED, in one transaction. */
export class ActivateKey implements UseCase<typeof activateSpec> {
  readonly spec = activateSpec;
  constructor(private readonly custody: KeyCustody) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof activateSpec>): Promise<OutputOf<typeof activateSpec>> {
    const { ceremonies } = this.custody.parts;
    const { ceremony, all } = await permitStep(ctx, ceremonies, ceremonyId, 'ACTIVATE');
    const made = this.custody.makeKey(ceremony);
    const former = all.find(({ state }) => state === 'KEY_ACTIVE');
    if (former !== undefined) await moveCeremony(ctx, ceremonies, former, { state: 'ROTATED', rotatedAt: ctx.now });
    const moved = await moveCeremony(ctx, ceremonies, ceremony, { ...made, state: 'KEY_ACTIVE', activatedAt: ctx.now });
    return { ...moved, keyCheckValue: made.keyCheckValue ?? '' };
  }
}

/** The ceremony with its officer, all ceremonies locked; refuses what is not allowed now. */
export async function permitStep(ctx: Ctx, ceremonies: KeyCeremonyStore, ceremonyId: string, step: CeremonyStep): Promise<{ ceremony: CeremonyRecord; officer: string; all: readonly CeremonyRecord[] }> {
  const officer = namedOfficer(ctx);
  const all = await ceremonies.lockAll(ctx.db);
  const ceremony = all.find((candidate) => candidate.ceremonyId === ceremonyId);
  if (ceremony === undefined) throw platformProblems.refuse('NOT_FOUND');
  const fault = ceremonyFault(ceremony, step, { officer, now: ctx.now });
  if (fault !== undefined) throw numberingProblems.refuse(fault, { facts: { state: ceremony.state } });
  return { ceremony, officer, all };
}

/** Writes what a step has changed, with its audit line; another state is told. */
export async function moveCeremony(ctx: Ctx, ceremonies: KeyCeremonyStore, from: CeremonyRecord, changes: Partial<CeremonyRecord>): Promise<OutputOf<typeof attendSpec>> {
  const moved = { ...from, ...changes };
  const to = { ...moved, version: moved.state === from.state ? from.version : from.version + 1 };
  await ceremonies.save(ctx.db, to, ctx.now);
  if (to.version !== from.version) tell(ctx, to);
  ctx.audit({ object: `key-ceremony:${to.ceremonyId}`, facts: { from: from.state, to: to.state, ...(to.keyCheckValue === null ? {} : { keyCheckValue: to.keyCheckValue }) } });
  return { ceremonyId: to.ceremonyId, state: to.state };
}

function tell(ctx: Ctx, { ceremonyId, state, custody, activatedAt, version }: CeremonyRecord): void {
  const data = { ceremonyId, state, custody, ...(state === 'KEY_ACTIVE' && activatedAt !== null ? { rotationDueOn: rotationDueOn(activatedAt) } : {}) };
  ctx.emit(keyCeremonyStateChanged, { aggregateId: ceremonyId, sequence: version, data });
}

/** Officers cannot be told apart without their names. */
export function namedOfficer(ctx: Ctx): string {
  if (ctx.actor.operator === undefined) throw numberingProblems.refuse('OPERATOR_NOT_ASSERTED');
  return ctx.actor.operator;
}
