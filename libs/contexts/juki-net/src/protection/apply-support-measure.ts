import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, municipalityCodeFault, ResidentCode, toLocalDate } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { PersonViewStore } from '../resident/person-view.store.js';
import { GROUNDS, isOneAddress, isStartAllowed, START_EVENTS, type SupportMeasure } from './support-measure.js';
import type { SupportMeasureStore } from './support-measure.store.js';
import { supportView, viewOfMeasure } from './support-view.js';

const residentCode = z.string().refine((text) => ResidentCode.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } });
const municipality = z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'CHECK_DIGIT' } });
export const concernedInput = z.array(municipality).max(20).default([]).describe('municipalities concerned beside those of former addresses, such as the one of the registered domicile');

const spec = useCase({
  action: 'juki-net.support-measure.apply',
  kind: 'command',
  summary: 'Takes in an application for a support measure (支援措置) by a resident; those who are joined live at the same address',
  input: z.strictObject({
    residentCodes: z.array(residentCode).min(1).max(20).describe('the applicant and the persons joined'),
    grounds: z.enum(GROUNDS),
    appliedOn: z.iso.date(),
    startEvent: z.enum(START_EVENTS).describe('day from which this municipality counts the term'),
    concerned: concernedInput,
  }),
  output: supportView,
  refusals: [...refusals(jukiNetProblems, 'MEASURE_EXISTS', 'NOT_SAME_ADDRESS', 'RESIDENT_UNKNOWN', 'TERM'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

export class ApplySupportMeasure implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly measures: SupportMeasureStore,
    private readonly persons: PersonViewStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const today = localDateInJapan(ctx.now);
    const appliedOn = toLocalDate(input.appliedOn);
    if (appliedOn > today || !isStartAllowed(appliedOn, today)) throw jukiNetProblems.refuse('TERM', { fields: [{ pointer: '/appliedOn', code: 'TERM' }] });
    const municipalityCode = ctx.actor.organisation;
    const personKeys = await this.personsOf(ctx, input.residentCodes);
    if (await this.measures.lockForApplication(ctx.db, personKeys, { municipalityCode, today })) throw jukiNetProblems.refuse('MEASURE_EXISTS');
    if (!isOneAddress(await this.measures.addresses(ctx.db, personKeys))) throw jukiNetProblems.refuse('NOT_SAME_ADDRESS');
    const { grounds, startEvent } = input;
    const measure: SupportMeasure = {
      measureId: uuidv7(), municipalityCode, state: 'APPLIED', grounds, startEvent, appliedOn, consulted: null, necessary: null, startsOn: null, endsOn: null, endReason: null,
    };
    await this.measures.add(ctx.db, measure, personKeys, { concerned: input.concerned, at: ctx.now });
    ctx.audit({ object: `support-measure:${measure.measureId}`, subjects: personKeys, facts: { to: measure.state, persons: personKeys.length } });
    return viewOfMeasure(measure, today);
  }

  private async personsOf(ctx: Ctx, residentCodes: readonly string[]): Promise<string[]> {
    const found = await this.persons.resolve(ctx.db, residentCodes, ctx.now);
    if (found.length < residentCodes.length || found.some((row) => row.superseded)) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    for (const row of found) requireJurisdiction(ctx, row.municipality_code);
    return [...new Set(found.map((row) => row.person_key))];
  }
}
