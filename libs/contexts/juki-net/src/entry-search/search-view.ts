import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { platformProblems, requireJurisdiction, type Ctx } from '#platform';
import { z } from 'zod';
import { mayTell, resultOf } from '../inquiry/inquiry.js';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import { EVIDENCE, evidenceOf, SEARCH_STATES, VERDICTS } from './entry-search.js';
import type { StoredSearch } from './entry-search.store.js';

const PLACE = ['municipalityCode', 'address'] as const;

/** A search as its municipality sees it: whom it asked for, and each candidate with all kanji of the name and what speaks for and against. */
export const searchView = z.object({
  searchId: z.uuid(), state: z.enum(SEARCH_STATES), found: z.number().int().describe('persons found; above ten none is shown'),
  sought: z.object({ nameKanji: z.string(), nameKana: z.string().optional(), birthDate: z.string(), sex: z.string() }),
  candidates: z.array(z.object({
    candidate: z.number().int(), status: z.string(), nameKanji: z.string(), nameKana: z.string(), aliasName: z.string(), formerSurname: z.string(), birthDate: z.string(), sex: z.string(),
    municipalityCode: z.string().optional(), address: z.string().optional(),
    evidence: z.object({ for: z.array(z.enum(EVIDENCE)), against: z.array(z.enum(EVIDENCE)).describe('to be shown in red') }),
    verdict: z.enum(VERDICTS).optional(), reason: z.string().optional(), decidedBy: z.string().optional(),
  })),
});

/** The place of protected persons and of those recorded twice is withheld (JUKI-4.13, 7); their names are not, or nobody could tell them apart. */
export async function viewOfSearch(ctx: Ctx, register: InquiryStore, search: StoredSearch): Promise<z.input<typeof searchView>> {
  const { searchId, state, found, sought, candidates } = search;
  const persons = new Map((await register.byKeys(ctx.db, candidates.map(({ personKey }) => personKey), localDateInJapan(ctx.now))).map((person) => [person.personKey, person]));
  ctx.audit({ object: `entry-search:${searchId}`, subjects: [...persons.keys()], facts: { state, found } });
  return {
    searchId, state, found, sought,
    candidates: candidates.flatMap(({ candidate, personKey, verdict, reason, decidedBy }) => {
      const person = persons.get(personKey);
      if (person === undefined) return [];
      const { nameKanji, nameKana, aliasName, formerSurname, birthDate, sex } = person.items;
      const result = resultOf(person, { protectiveExempt: false });
      const place = Object.fromEntries(PLACE.flatMap((item) => (mayTell(item, result) ? [[item, person.items[item]] as const] : [])));
      return [{ candidate, status: person.status, nameKanji, nameKana, aliasName, formerSurname, birthDate, sex, ...place, evidence: evidenceOf(sought, person.items), verdict, reason, decidedBy }];
    }),
  };
}

/** The search of the asking municipality. Refuses NOT_FOUND, OUT_OF_JURISDICTION. */
export function ownSearch(ctx: Ctx, search: StoredSearch | undefined): StoredSearch {
  if (search === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, search.municipalityCode);
  return search;
}

/** Two officers cannot be told apart without their names. */
export function namedOfficer(ctx: Ctx): string {
  if (ctx.actor.operator === undefined) throw jukiNetProblems.refuse('OPERATOR_NOT_ASSERTED');
  return ctx.actor.operator;
}
