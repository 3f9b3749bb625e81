import type { LocalDate } from '#kernel';
import { type AgeRange, composeHousehold, drawKind, type MemberDraft } from './composition.js';
import type { Dice } from './dice.js';
import { SPECIAL_PERMANENT_STATUS } from './foreign-names.js';
import {
  drawFamilyNames,
  drawForeignGround,
  type ForeignGround,
  foreignPerson,
  japanesePerson,
  type Person,
  SPOUSE_OF_JAPANESE,
} from './person.js';
import { drawForeignFamily } from './person-name.js';

/** A member with name and status, still without code and address. */
export interface NamedDraft {
  readonly draft: MemberDraft;
  readonly person: Person;
}

/** Permille of households. */
const FOREIGN_HOUSEHOLDS = 24;
const FOREIGN_SPOUSES = 9;

const NAME_ATTEMPTS = 20;

/**
 * Draws the members of one household, at most `limit` (the last household of a population is cut): the head stands
 * first, so what remains can live alone.
 */
export function drawHousehold(dice: Dice, today: LocalDate, limit: number): readonly NamedDraft[] {
  const foreign = dice.permille(FOREIGN_HOUSEHOLDS);
  const kind = drawKind(dice, foreign);
  if (foreign) {
    const ground = drawForeignGround(dice, kind === 'SINGLE');
    const household = { ...ground, family: drawForeignFamily(dice, ground.origin) };
    const drafts = composeHousehold(dice, kind, today, foreignAges(ground, kind === 'FAMILY')).slice(0, limit);
    return named(drafts, (draft) => foreignPerson(dice, draft, household, today));
  }
  const drafts = composeHousehold(dice, kind, today).slice(0, limit);
  const names = drawFamilyNames(dice);
  const mixed = dice.permille(FOREIGN_SPOUSES);
  return named(drafts, (draft) =>
    mixed && draft.relation === 'SPOUSE' ? foreignSpouse(dice, draft, today) : japanesePerson(dice, draft, names, today),
  );
}

/** Nobody names two children of a house alike: a name already taken is drawn again, up to a limit because the lists are short. */
function named(drafts: readonly MemberDraft[], nameOne: (draft: MemberDraft) => Person): readonly NamedDraft[] {
  const taken = new Set<string>();
  return drafts.map((draft) => {
    let person = nameOne(draft);
    for (let attempt = 1; attempt < NAME_ATTEMPTS && taken.has(person.nameKana); attempt += 1) person = nameOne(draft);
    taken.add(person.nameKana);
    return { draft, person };
  });
}

function foreignSpouse(dice: Dice, draft: MemberDraft, today: LocalDate): Person {
  const { origin } = drawForeignGround(dice, false);
  return foreignPerson(dice, draft, { origin, family: drawForeignFamily(dice, origin), residenceStatus: SPOUSE_OF_JAPANESE }, today);
}

/** Students and trainees are young, workers of working age; special permanent residents are as old as everybody. */
function foreignAges({ residenceStatus }: ForeignGround, family: boolean): AgeRange | undefined {
  if (residenceStatus === SPECIAL_PERMANENT_STATUS) return undefined;
  if (family) return { from: 25, to: 46 };
  return /^(?:留学|技能実習)/u.test(residenceStatus) ? { from: 19, to: 30 } : { from: 24, to: 58 };
}
