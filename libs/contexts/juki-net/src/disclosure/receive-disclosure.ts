import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, ResidentCode, toLocalDate } from '#kernel';
import { platformProblems, reaches, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { PersonViewStore } from '../resident/person-view.store.js';
import { DISCLOSURE_KINDS, type DisclosureRequest, dueDays, historyPeriod, type Period } from './disclosure.js';
import type { DisclosureStore } from './disclosure.store.js';
import { disclosureView, viewOfDisclosure } from './disclosure-view.js';

const spec = useCase({
  action: 'juki-net.disclosure.receive',
  kind: 'command',
  summary: 'Takes in at a counter the request of a person for what is held about them, or for the history of its use',
  input: z.strictObject({
    kind: z.enum(DISCLOSURE_KINDS),
    residentCode: z.string().refine((text) => ResidentCode.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }),
    period: z.strictObject({ from: z.iso.date().optional(), until: z.iso.date().optional() }).optional().describe('of a use history; it reaches to the end of the month before'),
  }),
  output: disclosureView,
  refusals: [...refusals(jukiNetProblems, 'TERM'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

export class ReceiveDisclosure implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly requests: DisclosureStore,
    private readonly persons: PersonViewStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const receivedOn = localDateInJapan(ctx.now);
    const period = input.kind === 'USE_HISTORY' ? historyOf(input.period, receivedOn) : undefined;
    const [person] = await this.persons.resolve(ctx.db, [input.residentCode], ctx.now);
    const personKey = person?.person_key ?? null;
    // Whoever moved away may ask where they lived; a code that nobody has is answered with "nothing held".
    const stays = personKey === null ? [] : await this.requests.stays(ctx.db, personKey);
    if (personKey !== null && !stays.some((stay) => reaches(ctx.actor, ctx.permission, stay.municipalityCode))) throw platformProblems.refuse('OUT_OF_JURISDICTION');
    const request: DisclosureRequest = {
      requestId: uuidv7(), kind: input.kind, organisation: ctx.actor.organisation, personKey, state: 'RECEIVED', receivedOn, ...dueDays(receivedOn),
      periodFrom: period?.from ?? null, periodUntil: period?.until ?? null, means: null, outcome: null, withheld: [], reason: null, decidedBy: null,
    };
    await this.requests.add(ctx.db, request, ctx.now);
    ctx.audit({ object: `disclosure:${request.requestId}`, subjects: personKey === null ? [] : [personKey], facts: { kind: input.kind } });
    return viewOfDisclosure(request);
  }
}

function historyOf(asked: { from?: string | undefined; until?: string | undefined } | undefined, receivedOn: ReturnType<typeof localDateInJapan>): Period {
  const { from, until } = asked ?? {};
  const period = historyPeriod({ ...(from === undefined ? {} : { from: toLocalDate(from) }), ...(until === undefined ? {} : { until: toLocalDate(until) }) }, receivedOn);
  if (period === undefined) throw jukiNetProblems.refuse('TERM', { fields: [{ pointer: '/period', code: 'TERM' }] });
  return period;
}
