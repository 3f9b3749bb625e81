import { inquiryAnswer, inquiryInput, type InquiredPerson, type InquiryItem, jukiNetProblems } from '#contracts/juki-net';
import { IndividualNumber, localDateInJapan, ResidentCode } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { asOf, isAnsweredByCopy, isOwnResident, NATIONAL } from '../prefecture/server.js';
import { enterPrefecture } from '../prefecture/server.store.js';
import { isOfPrefecture, isQuotaSpent, isReached, itemsUnderGrant, type KeyKind, type Mode, reachOf } from './grant.js';
import type { Grant } from './grant.store.js';
import { type FoundPerson, fitsPlace, MOST_CANDIDATES, type ResultCode, resultOf, toldOf } from './inquiry.js';
import { type InquiryStore, useRecords } from './inquiry.store.js';
import type { Provision } from './provision.js';

const spec = useCase({
  action: 'juki-net.inquiry.ask',
  // Reads only; a prefecture's copy is seen within a transaction.
  kind: 'process',
  summary: 'Immediate inquiry of identity information under a grant (即時提供)',
  input: inquiryInput,
  output: inquiryAnswer,
  refusals: [
    ...refusals(jukiNetProblems, 'DAILY_QUOTA', 'GRANT_NOT_ACTIVE', 'MODE_NOT_GRANTED', 'KEY_KIND_NOT_GRANTED', 'ITEM_NOT_GRANTED', 'OPERATOR_NOT_ASSERTED'),
    ...refusals(platformProblems, 'OUT_OF_JURISDICTION'),
  ],
});

type Input = InputOf<typeof spec>;
type Register = Pick<InquiryStore, 'byCode' | 'byNumber' | 'byFourItems'>;
/** `outside`: who was found beyond the reach of the grant, and is told to nobody. */
type Search = { readonly code: ResultCode; readonly outside?: string } | { readonly persons: readonly FoundPerson[]; readonly count: number };

/** Answers by result codes; a use record for each person told is written before the answer leaves (JUKI-3.5, 4.7). */
export class AskRegister implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly provision: Provision) {}

  async execute(ctx: Ctx, input: Input): Promise<OutputOf<typeof spec>> {
    const keyKind = keyKindOf(input);
    const grant = await this.provision.grants.recent(ctx.db, input.grantId, ctx.now);
    const day = localDateInJapan(ctx.now);
    const { kind: institution, organisation, operator, terminal } = ctx.actor;
    const { mode = 'IMMEDIATE_HOST' } = input;
    const isAtTerminal = mode === 'IMMEDIATE_TERMINAL';
    if (isAtTerminal && (operator === undefined || terminal === undefined)) throw jukiNetProblems.refuse('OPERATOR_NOT_ASSERTED');
    const permitted = itemsUnderGrant(grant, { institution, organisation, purpose: ctx.permission.purpose, mode, keyKind, items: input.items, day });
    if ('refusal' in permitted || grant === undefined) throw jukiNetProblems.refuse('refusal' in permitted ? permitted.refusal : 'GRANT_NOT_ACTIVE', { facts: { resultCode: '40' } });
    if (isQuotaSpent(grant)) throw jukiNetProblems.refuse('DAILY_QUOTA');
    const closures = await this.provision.servers.closures(ctx.db, ctx.now);
    const isClosed = closures.some(({ server }) => server === NATIONAL);
    const byCopy = isClosed || isOfPrefecture(grant);
    const search = await (byCopy ? this.searchCopy(ctx, input, grant, isClosed ? '90' : '10') : this.search(ctx, input, grant, this.provision.inquiries));
    const told = 'code' in search ? [] : search.persons.map((person) => person.municipalityCode);
    const answered = asOf(ctx.now, closures, { told, within: reachOf(grant).within }).toISOString();
    if ('code' in search) {
      const outside = search.outside === undefined ? {} : { subjects: [search.outside] };
      ctx.audit({ object: `grant:${input.grantId}`, ...outside, facts: { keyKind, resultCode: search.code, outOfReach: search.outside !== undefined } });
      return { resultCode: search.code, count: 0, persons: [], asOf: answered };
    }
    // A screen shows one person; who asks at it of several says more of them.
    const shown = isAtTerminal && search.count > 1 ? [] : search.persons;
    const persons = shown.map((person) => this.tell(ctx, { input, grant, mode, keyKind, items: permitted.items, byCopy }, person));
    const resultCode = search.count === 0 ? '10' : search.count > 1 ? '11' : (persons[0]?.resultCode ?? '11');
    ctx.audit({ object: `grant:${input.grantId}`, subjects: shown.map((person) => person.personKey), facts: { keyKind, resultCode, count: search.count, ...(input.printed === true ? { printed: true } : {}) } });
    return { resultCode, count: search.count, persons, asOf: answered };
  }

  /** The asker's prefecture answers of its residents; `otherwise` is said of everybody else, whom the national server may know (JUKI-4.7, 7). */
  private async searchCopy(ctx: Ctx, input: Input, grant: Grant, otherwise: ResultCode): Promise<Search> {
    if (!isAnsweredByCopy(ctx.actor.kind) || reachOf(grant).outside !== '') return { code: otherwise };
    const found = await ctx.transaction(async (tx) => {
      await enterPrefecture(tx.db, tx.actor.organisation.slice(0, 2));
      return this.search(tx, input, grant, this.provision.copies);
    });
    if ('code' in found) return found.code === '10' ? { code: otherwise } : found;
    if (found.count > MOST_CANDIDATES) return found;
    const persons = found.persons.filter(({ status }) => isOwnResident(status));
    return persons.length === 0 ? { code: otherwise } : { persons, count: persons.length };
  }

  private async search(ctx: Ctx, input: Input, grant: Grant, register: Register): Promise<Search> {
    const today = localDateInJapan(ctx.now);
    if (input.residentCode !== undefined) {
      if (ResidentCode.fault(input.residentCode) !== undefined) return { code: '30' };
      const found = await register.byCode(ctx.db, input.residentCode, today);
      if (found?.superseded === true) return { code: '31' };
      return one(ctx, grant, found?.person);
    }
    if (input.individualNumber !== undefined) {
      if (IndividualNumber.fault(input.individualNumber) !== undefined) return { code: '30' };
      return one(ctx, grant, await register.byNumber(ctx.db, input.individualNumber, today));
    }
    const { fourItems } = input;
    if (fourItems === undefined) return { code: '10' };
    const { addressPrefix } = fourItems;
    const { protectiveExempt } = grant;
    const reach = reachOf(grant);
    const { persons, more } = await register.byFourItems(ctx.db, fourItems, { today, ...reach });
    // Namesakes beyond the reach of the grant are as if they were not, in the count too.
    const reached = persons.filter((person) => isReached(reach, person.municipalityCode));
    const matching = reached.filter((person) => fitsPlace(person, { addressPrefix, protectiveExempt }));
    const count = more ? reached.length : matching.length;
    return { persons: more || count > MOST_CANDIDATES ? [] : matching, count };
  }

  private tell(ctx: Ctx, asked: { input: Input; grant: Grant; mode: Mode; keyKind: KeyKind; items: readonly InquiryItem[]; byCopy: boolean }, person: FoundPerson): InquiredPerson {
    const { input, grant, mode, keyKind, items, byCopy } = asked;
    const resultCode = resultOf(person, { sinceDate: input.sinceDate, protectiveExempt: grant.protectiveExempt });
    const told = toldOf(person, resultCode, items, grant);
    ctx.journal(useRecords, {
      at: ctx.now, use_id: uuidv7(), person_key: person.personKey, grant_id: grant.grantId, organisation: grant.organisation, affair: grant.affair, mode, key_kind: keyKind,
      items: Object.keys(told).filter((name) => name !== 'resultCode'), result_code: resultCode, correlation_id: ctx.correlationId,
      provider: byCopy ? grant.organisation.slice(0, 2) : null,
    });
    return told;
  }
}

/**
 * The one whom a code or number names. Whom the schedule does not reach is as if they were not (10); without one the policy table decides
 * and refuses OUT_OF_JURISDICTION (JUKI-4.7).
 */
function one(ctx: Ctx, grant: Grant, person: FoundPerson | undefined): Search {
  if (person === undefined) return { code: '10' };
  if (grant.schedule === undefined) requireJurisdiction(ctx, person.municipalityCode);
  return isReached(reachOf(grant), person.municipalityCode) ? { persons: [person], count: 1 } : { code: '10', outside: person.personKey };
}

/** With what the municipality codes begin that `reaches` can let through. */
export function within(ctx: Ctx): string {
  const { organisation } = ctx.actor;
  switch (ctx.permission.scope) {
    case 'own':
      return organisation;
    case 'area':
      return organisation.slice(0, 2);
    case 'nation':
      return '';
  }
}

function keyKindOf(input: Input): KeyKind {
  if (input.residentCode !== undefined) return 'RESIDENT_CODE';
  return input.individualNumber === undefined ? 'FOUR_ITEMS' : 'INDIVIDUAL_NUMBER';
}
