import { inquiredPerson, INQUIRY_ITEMS, jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import { byPrefecture, type DisclosureRequest, recipientOf } from './disclosure.js';
import type { DisclosureStore, RecordedUse } from './disclosure.store.js';
import { disclosureView, viewOfDisclosure } from './disclosure-view.js';
import { takeStep } from './step-disclosure.js';

const PROVIDER = 'NATIONAL_SERVER';

const use = z.object({
  day: z.string(), function: z.string().describe('mode of provision (機能区分)'),
  reason: z.string().describe('row of the schedule of the Act (利用事由)'), affair: z.string(),
  numberAffair: z.boolean().describe('the individual number was given or used'), provider: z.string(),
  recipient: z.string().describe('MUNICIPALITY: not named, for protection'),
  items: z.array(z.string()), deliveryUnknown: z.boolean().describe('written before an answer that may not have arrived'),
});

const spec = useCase({
  action: 'juki-net.disclosure.give',
  kind: 'command',
  summary: 'Gives the person what was decided: the content is made now and stored nowhere',
  input: z.strictObject({ requestId: z.uuid() }),
  output: z.object({
    request: disclosureView,
    own: inquiredPerson.omit({ resultCode: true }).optional(),
    history: z.array(z.object({ prefecture: z.string().describe('where the person lived then'), uses: z.array(use) })).optional(),
  }),
  refusals: [...refusals(jukiNetProblems, 'DISCLOSURE_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

type Given = Pick<OutputOf<typeof spec>, 'own' | 'history'>;

export class GiveDisclosure implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly requests: DisclosureStore,
    private readonly register: InquiryStore,
  ) {}

  async execute(ctx: Ctx, { requestId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const request = await takeStep(ctx, this.requests, requestId, { kind: 'GIVE' });
    return { request: viewOfDisclosure(request), ...(await this.content(ctx, request)) };
  }

  private async content(ctx: Ctx, request: DisclosureRequest): Promise<Given> {
    const { kind, personKey, outcome, withheld, periodFrom: from, periodUntil: until } = request;
    if (personKey === null || (outcome !== 'FULL' && outcome !== 'PARTIAL')) return {};
    const person = await this.register.byPerson(ctx.db, personKey, localDateInJapan(ctx.now));
    if (person === undefined) return {};
    if (kind === 'SELF') {
      const told = INQUIRY_ITEMS.filter((item) => !withheld.includes(item) && person.items[item] !== '');
      return { own: Object.fromEntries(told.map((item) => [item, person.items[item]])) };
    }
    if (from === null || until === null) return {};
    const uses = await this.requests.uses(ctx.db, personKey, { from, until });
    const parts = byPrefecture(await this.requests.stays(ctx.db, personKey), uses.filter(({ affair }) => !withheld.includes(affair)));
    return { history: parts.map((part) => ({ prefecture: part.prefecture, uses: part.uses.map((one) => toldUse(one, person.isProtected)) })) };
  }
}

/** The columns of JUKI-4.12. */
function toldUse(used: RecordedUse, isProtected: boolean): z.input<typeof use> {
  const { day, mode, legalBasis, affair, keyKind, items, deliveryUnknown, provider } = used;
  return {
    day, function: mode, reason: legalBasis, affair, numberAffair: keyKind === 'INDIVIDUAL_NUMBER' || items.includes('individualNumber'), provider: provider ?? PROVIDER,
    recipient: recipientOf(used, isProtected), items: [...items], deliveryUnknown,
  };
}
