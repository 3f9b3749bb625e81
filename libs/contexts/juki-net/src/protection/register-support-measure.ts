import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { localDateInJapan, ResidentCode, toLocalDate } from '#kernel';
import { refusals, requireJurisdiction, platformProblems, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { PersonViewStore } from '../resident/person-view.store.js';
import { concernedInput } from './apply-support-measure.js';
import { GROUNDS, isOneAddress, isStartAllowed, lastDayOfMeasure } from './support-measure.js';
import type { SupportMeasureStore } from './support-measure.store.js';
import { tellSupport } from './tell-support.js';

const spec = useCase({
  action: 'juki-net.support-measure.register',
  kind: 'command',
  summary: 'Registers a support measure (支援措置) that was decided elsewhere, for a resident and those joined; it lasts one year and is not renewed by itself',
  input: z.strictObject({
    residentCodes: z.array(z.string().refine((text) => ResidentCode.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } })).min(1).max(20).describe('the applicant and the persons joined'),
    grounds: z.enum(GROUNDS),
    startsOn: z.iso.date(),
    concerned: concernedInput,
    opinionFrom: writtenText(60).describe('kind of office whose opinion is attached'),
  }),
  output: z.object({ measureId: z.uuid(), startsOn: z.string(), endsOn: z.string(), persons: z.number().int() }),
  refusals: [...refusals(jukiNetProblems, 'NOT_SAME_ADDRESS', 'RESIDENT_UNKNOWN', 'TERM'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

export class RegisterSupportMeasure implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly measures: SupportMeasureStore,
    private readonly persons: PersonViewStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const startsOn = toLocalDate(input.startsOn);
    if (!isStartAllowed(startsOn, localDateInJapan(ctx.now))) throw jukiNetProblems.refuse('TERM', { fields: [{ pointer: '/startsOn', code: 'TERM' }] });
    const found = await this.persons.resolve(ctx.db, input.residentCodes, ctx.now);
    if (found.length < input.residentCodes.length || found.some((row) => row.superseded)) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    for (const row of found) requireJurisdiction(ctx, row.municipality_code);
    const measureId = uuidv7();
    const endsOn = lastDayOfMeasure(startsOn);
    const personKeys = [...new Set(found.map((row) => row.person_key))];
    if (!isOneAddress(await this.measures.addresses(ctx.db, personKeys))) throw jukiNetProblems.refuse('NOT_SAME_ADDRESS');
    await this.measures.add(
      ctx.db,
      {
        measureId, municipalityCode: ctx.actor.organisation, state: 'ACTIVE', grounds: input.grounds, startEvent: 'DECISION', appliedOn: startsOn, consulted: input.opinionFrom, necessary: true,
        startsOn, endsOn, endReason: null,
      },
      personKeys, { concerned: input.concerned, at: ctx.now },
    );
    await tellSupport(ctx, this.measures, personKeys);
    ctx.audit({ object: `support-measure:${measureId}`, subjects: personKeys, facts: { startsOn, endsOn } });
    return { measureId, startsOn, endsOn, persons: personKeys.length };
  }
}
