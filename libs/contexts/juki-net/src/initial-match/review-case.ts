import { initialMatchCaseDecided, inquiredPerson, type InquiryItem, jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { platformProblems, reaches, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { resultOf, toldOf } from '../inquiry/inquiry.js';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import { afterLine, matchWithOutcome } from './follow-initial-match.js';
import { CASE_STATES, type CaseState, type CaseStep, stepCase } from './initial-match.js';
import type { InitialMatchStore } from './initial-match.store.js';
import type { MatchCase, MatchCaseStore } from './match-case.store.js';
import { OUTCOMES } from './match-tier.js';

const tier = z.number().int().min(1).max(4);
const caseId = z.coerce.number().int().min(2).max(2_147_483_647).describe('line of the row in the file');
const notYours = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');
/** What an officer sees of a person on record to tell whether it is the one of the row. */
const SHOWN: readonly InquiryItem[] = ['nameKanji', 'nameKana', 'aliasName', 'birthDate', 'sex', 'address', 'municipalityCode'];

const listSpec = useCase({
  action: 'juki-net.initial-match.list-cases',
  kind: 'question',
  summary: 'Cases of one outcome with the persons found, page by page; hints have no tier and cannot be chosen',
  input: z.strictObject({ matchId: z.uuid(), outcome: z.enum(OUTCOMES).default('REVIEW'), after: afterLine, limit: z.coerce.number().int().min(1).max(100).default(50) }),
  output: z.object({
    items: z.array(z.object({
      caseId, outcome: z.enum(OUTCOMES), tier: tier.optional(), state: z.enum(CASE_STATES).optional(), chosen: z.number().int().optional().describe('candidate of the decision'),
      row: z.object({ ref: z.string(), kana: z.string(), kanji: z.string(), DOB: z.string(), sex: z.string(), address: z.string(), addressDate: z.string() }),
      candidates: z.array(z.object({ candidate: z.number().int(), tier: tier.optional(), person: inquiredPerson })),
    })),
    next: z.number().int().optional().describe('`after` of the next page'),
  }),
  refusals: [...notYours, ...refusals(jukiNetProblems, 'MATCH_STATE')],
});

/** Shows the persons found for rows; the place of protected persons is withheld (JUKI-4.13). */
export class ListMatchCases implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(
    private readonly matches: InitialMatchStore,
    private readonly cases: MatchCaseStore,
    private readonly register: InquiryStore,
  ) {}

  async execute(ctx: Ctx, { matchId, outcome, after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    matchWithOutcome(ctx, await this.matches.find(ctx.db, matchId));
    const cases = await this.cases.page(ctx.db, matchId, { outcome, after, limit });
    const candidates = await this.cases.candidates(ctx.db, matchId, cases.map(({ line }) => line));
    const keys = [...new Set(candidates.map(({ personKey }) => personKey))];
    const persons = new Map((await this.register.byKeys(ctx.db, keys, localDateInJapan(ctx.now))).map((person) => [person.personKey, person]));
    ctx.audit({ object: `initial-match:${matchId}`, subjects: keys, facts: { outcome, after, cases: cases.length } });
    const items = cases.map(({ line, personKey, decidedBy: _officer, ...rest }) => {
      const own = candidates.filter((candidate) => candidate.line === line);
      const shown = own.flatMap(({ candidate, tier: of, personKey: key }) => {
        const person = persons.get(key);
        return person === undefined || !reaches(ctx.actor, ctx.permission, person.municipalityCode) ? [] : [{ candidate, tier: of, person: toldOf(person, resultOf(person, { protectiveExempt: false }), SHOWN) }];
      });
      return { ...rest, caseId: line, chosen: own.find((candidate) => candidate.personKey === personKey)?.candidate, candidates: shown };
    });
    return { items, ...(cases.length < limit ? {} : { next: cases.at(-1)?.line }) };
  }
}

const byCase = z.strictObject({ matchId: z.uuid(), caseId });
const stepOutput = z.object({ matchId: z.uuid(), caseId, state: z.enum(CASE_STATES), chosen: z.number().int().nullable() });
const stepRefusals = [...notYours, ...refusals(jukiNetProblems, 'CASE_STATE', 'MATCH_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER')];

const decideSpec = useCase({
  action: 'juki-net.initial-match.decide-case',
  kind: 'command',
  summary: 'An officer decides which of the persons found is the one of the row, or that nobody is',
  input: byCase.extend({ candidate: z.number().int().min(1).max(10).nullable() }),
  output: stepOutput,
  refusals: [...stepRefusals, ...refusals(jukiNetProblems, 'CANDIDATE_UNKNOWN')],
});

const confirmSpec = useCase({
  action: 'juki-net.initial-match.confirm-case',
  kind: 'command',
  summary: 'Another officer confirms the decision, or returns the case to be decided anew',
  input: byCase.extend({ agrees: z.boolean() }),
  output: stepOutput,
  refusals: stepRefusals,
});

interface Stores {
  readonly matches: InitialMatchStore;
  readonly cases: MatchCaseStore;
}

/** The case and its next state, both rows locked, as one named officer asks for it. */
async function steppedCase(ctx: Ctx, stores: Stores, at: { matchId: string; caseId: number; step: CaseStep }): Promise<{ found: MatchCase; state: CaseState; officer: string }> {
  const match = matchWithOutcome(ctx, await stores.matches.lock(ctx.db, at.matchId));
  const officer = ctx.actor.operator;
  if (officer === undefined) throw jukiNetProblems.refuse('OPERATOR_NOT_ASSERTED');
  const found = await stores.cases.lock(ctx.db, at.matchId, at.caseId);
  if (found === undefined) throw platformProblems.refuse('NOT_FOUND');
  const stepped = stepCase(found, at.step, officer);
  if ('refusal' in stepped) throw jukiNetProblems.refuse(stepped.refusal, { facts: { state: found.state ?? found.outcome } });
  if (match.state === 'MATCHED') await stores.matches.setState(ctx.db, at.matchId, 'IN_REVIEW');
  return { found, state: stepped.state, officer };
}

/** JUKI-3.6: one officer decides; only candidates with a tier can be chosen (JUKI-4.8). */
export class DecideMatchCase implements UseCase<typeof decideSpec> {
  readonly spec = decideSpec;
  constructor(private readonly stores: Stores) {}

  async execute(ctx: Ctx, { matchId, caseId: line, candidate: number }: InputOf<typeof decideSpec>): Promise<OutputOf<typeof decideSpec>> {
    const { state, officer } = await steppedCase(ctx, this.stores, { matchId, caseId: line, step: 'DECIDE' });
    const candidates = await this.stores.cases.candidates(ctx.db, matchId, [line]);
    const chosen = candidates.find(({ candidate, tier: of }) => candidate === number && of !== undefined);
    if (number !== null && chosen === undefined) throw jukiNetProblems.refuse('CANDIDATE_UNKNOWN', { fields: [{ pointer: '/candidate', code: 'CANDIDATE_UNKNOWN' }] });
    await this.stores.cases.setState(ctx.db, matchId, { line, state, personKey: chosen?.personKey, decidedBy: officer });
    ctx.audit({ object: `initial-match:${matchId}/${line}`, subjects: candidates.map(({ personKey }) => personKey), facts: { state, linked: chosen !== undefined } });
    return { matchId, caseId: line, state, chosen: number };
  }
}

/** JUKI-3.6: another officer confirms, and only then the case has ended. */
export class ConfirmMatchCase implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;
  constructor(private readonly stores: Stores) {}

  async execute(ctx: Ctx, { matchId, caseId: line, agrees }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    const { found, state } = await steppedCase(ctx, this.stores, { matchId, caseId: line, step: agrees ? 'CONFIRM' : 'RETURN' });
    const { personKey, decidedBy } = found;
    const linked = personKey !== undefined;
    const candidates = await this.stores.cases.candidates(ctx.db, matchId, [line]);
    await this.stores.cases.setState(ctx.db, matchId, agrees ? { line, state, personKey, decidedBy } : { line, state });
    if (agrees) {
      await this.stores.matches.settle(ctx.db, matchId, linked);
      ctx.emit(initialMatchCaseDecided, { aggregateId: `${matchId}/${line}`, sequence: 1, data: { matchId, caseId: line, organisation: ctx.actor.organisation, linked } });
    }
    ctx.audit({ object: `initial-match:${matchId}/${line}`, subjects: candidates.map((candidate) => candidate.personKey), facts: { state, linked: agrees && linked } });
    return { matchId, caseId: line, state, chosen: agrees ? (candidates.find((candidate) => candidate.personKey === personKey)?.candidate ?? null) : null };
  }
}
