import { inquiryInput, jukiNetProblems } from '#contracts/juki-net';
import { IndividualNumber, localDateInJapan } from '#kernel';
import { platformProblems, reaches, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import { itemsUnderGrant, type KeyKind } from '../inquiry/grant.js';
import { fitsPlace, type FoundPerson } from '../inquiry/inquiry.js';
import type { Provision } from '../inquiry/provision.js';
import { numbersOn } from '../inquiry/schedule-row.js';
import { tellAcquisition } from './acquisition-event.js';
import { ACQUISITION_STATES, isNumberLike, personMeant, type SymbolAcquisition, usesNumbers } from './symbol-acquisition.js';
import type { SymbolAcquisitionStore } from './symbol-acquisition.store.js';

const spec = useCase({
  action: 'juki-net.symbol-acquisition.request',
  kind: 'command',
  summary: 'Asks that a linkage symbol be made for a person (符号取得依頼): by individual number or four items, under an acquisition number of the asker; the same again has no effect',
  input: z.strictObject({
    acquisitionNo: z.string().regex(/^[A-Za-z0-9-]{8,40}$/).describe('neither individual number nor resident code'),
    grantId: z.uuid().optional().describe('of an agency; a municipality needs none'),
    individualNumber: z.string().refine((text) => IndividualNumber.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }).optional(),
    fourItems: inquiryInput.shape.fourItems,
  }).refine((input) => (input.individualNumber === undefined) !== (input.fourItems === undefined), { params: { code: 'ONE_KEY' } }),
  output: z.object({ requestId: z.uuid(), state: z.enum(ACQUISITION_STATES), repeated: z.boolean() }),
  refusals: [
    ...refusals(jukiNetProblems, 'ACQUISITION_NUMBER', 'ACQUISITION_REUSED', 'AFFAIR_WITHOUT_NUMBERS', 'AMBIGUOUS', 'GRANT_NOT_ACTIVE', 'ITEM_NOT_GRANTED', 'KEY_KIND_NOT_GRANTED', 'MODE_NOT_GRANTED'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
  ],
});

type Input = InputOf<typeof spec>;

/** Finds the person and keeps the request for the exchange network; the asker is told nothing of the person (JUKI-3.7). */
export class RequestSymbol implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly requests: SymbolAcquisitionStore,
    private readonly provision: Provision,
  ) {}

  async execute(ctx: Ctx, input: Input): Promise<OutputOf<typeof spec>> {
    if (isNumberLike(input.acquisitionNo)) throw jukiNetProblems.refuse('ACQUISITION_NUMBER', { fields: [{ pointer: '/acquisitionNo', code: 'ACQUISITION_NUMBER' }] });
    const keyKind: KeyKind = input.individualNumber === undefined ? 'FOUR_ITEMS' : 'INDIVIDUAL_NUMBER';
    const isExempt = await this.requireGrant(ctx, input, keyKind);
    const meant = personMeant(await this.search(ctx, input, isExempt));
    if ('refusal' in meant) throw meant.refusal === 'AMBIGUOUS' ? jukiNetProblems.refuse('AMBIGUOUS') : platformProblems.refuse('NOT_FOUND');
    const { kind: institution, organisation } = ctx.actor;
    const { personKey } = meant.person;
    const request: SymbolAcquisition = { requestId: uuidv7(), institution, organisation, acquisitionNo: input.acquisitionNo, personKey, state: 'CODE_RESOLVED', receivedAt: ctx.now };
    const isNew = await this.requests.add(ctx.db, request, keyKind);
    const known = isNew ? request : await this.requests.ofNumber(ctx.db, request);
    if (known.personKey !== personKey) throw jukiNetProblems.refuse('ACQUISITION_REUSED');
    if (isNew) tellAcquisition(ctx, known);
    ctx.audit({ object: `symbol-acquisition:${known.requestId}`, subjects: [personKey], facts: { keyKind, state: known.state, repeated: !isNew } });
    return { requestId: known.requestId, state: known.state, repeated: !isNew };
  }

  /** An agency asks under a grant of a number-using affair; whether the grant is exempt from protection (JUKI-4.13). */
  private async requireGrant(ctx: Ctx, { grantId }: Input, keyKind: KeyKind): Promise<boolean> {
    const { kind: institution, organisation } = ctx.actor;
    if (institution === 'municipality') return false;
    const grant = grantId === undefined ? undefined : await this.provision.grants.find(ctx.db, grantId);
    const permitted = itemsUnderGrant(grant, { institution, organisation, purpose: ctx.permission.purpose, mode: 'IMMEDIATE_HOST', keyKind, items: undefined, day: localDateInJapan(ctx.now) });
    if ('refusal' in permitted || grant === undefined) throw jukiNetProblems.refuse('refusal' in permitted ? permitted.refusal : 'GRANT_NOT_ACTIVE');
    if (!usesNumbers(grant) || numbersOn(grant.rows, localDateInJapan(ctx.now)) !== true) throw jukiNetProblems.refuse('AFFAIR_WITHOUT_NUMBERS');
    return grant.protectiveExempt;
  }

  private async search(ctx: Ctx, { individualNumber, fourItems }: Input, protectiveExempt: boolean): Promise<readonly FoundPerson[]> {
    const { inquiries } = this.provision;
    const today = localDateInJapan(ctx.now);
    if (individualNumber !== undefined) {
      const person = await inquiries.byNumber(ctx.db, individualNumber, today);
      if (person === undefined) return [];
      requireJurisdiction(ctx, person.municipalityCode);
      return [person];
    }
    if (fourItems === undefined) return [];
    const { persons } = await inquiries.byFourItems(ctx.db, fourItems, { today, within: within(ctx) });
    return persons.filter((person) => reaches(ctx.actor, ctx.permission, person.municipalityCode) && fitsPlace(person, { addressPrefix: fourItems.addressPrefix, protectiveExempt }));
  }
}
