import { addDays, daysBetween, isLeapYear, type LocalDate, localDateOf, partsOfDate } from '#kernel';
import { type Dice, draw, type WeightedTable, weightedTable } from './dice.js';
import type { Relation } from './household.js';
import type { Sex } from './person-name.js';

/** A member before he or she has a name: who stands to whom, and when everybody was born. */
export interface MemberDraft {
  readonly relation: Relation;
  readonly sex: Sex;
  readonly birthDay: LocalDate;
  /** Born into another family than the head's (the parents of the wife who took the husband's name). */
  readonly otherFamily: boolean;
}

export type HouseholdKind = 'SINGLE' | 'COUPLE' | 'FAMILY' | 'SINGLE_PARENT' | 'AGED_PARENT' | 'THREE_GENERATIONS' | 'SIBLINGS';

export interface AgeRange {
  readonly from: number;
  readonly to: number;
}

/** Ages by kind of household; with the shares of the kinds below tuned to the age pyramid of the census of 2015. */
const SINGLE_AGES = weightedTable<AgeRange>([
  [{ from: 18, to: 24 }, 12],
  [{ from: 25, to: 34 }, 18],
  [{ from: 35, to: 49 }, 18],
  [{ from: 50, to: 64 }, 15],
  [{ from: 65, to: 79 }, 21],
  [{ from: 80, to: 97 }, 15],
  [{ from: 98, to: 104 }, 1],
]);
const COUPLE_AGES = weightedTable<AgeRange>([
  [{ from: 25, to: 34 }, 9],
  [{ from: 35, to: 49 }, 9],
  [{ from: 50, to: 64 }, 22],
  [{ from: 65, to: 79 }, 54],
  [{ from: 80, to: 95 }, 16],
]);
const MOTHER_AGES = weightedTable<AgeRange>([
  [{ from: 23, to: 29 }, 7],
  [{ from: 30, to: 39 }, 22],
  [{ from: 40, to: 49 }, 34],
  [{ from: 50, to: 58 }, 37],
]);
const CHILD_COUNTS = weightedTable<number>([
  [1, 45],
  [2, 43],
  [3, 10],
  [4, 2],
]);

const DAYS_A_YEAR = 365.2425;
const MALE_HEAD_SHARE = 900;
/** Permille of children who share the day of birth with the one before. */
const TWIN_SHARE = 11;
/** Permille of adults moved to 29 February in leap years, so that small populations have some too. */
const LEAP_DAY_SHARE = 12;

function years(count: number): number {
  return Math.round(count * DAYS_A_YEAR);
}

function opposite(sex: Sex): Sex {
  return sex === '1' ? '2' : '1';
}

/** Composes one household; every draft is born on or before `today` and the head, always an adult, stands first. */
export function composeHousehold(dice: Dice, kind: HouseholdKind, today: LocalDate, ages?: AgeRange): readonly MemberDraft[] {
  switch (kind) {
    case 'SINGLE':
      return [member('HEAD', dice.permille(500) ? '1' : '2', bornAtAge(dice, today, ages ?? draw(dice, SINGLE_AGES)))];
    case 'COUPLE':
      return couple(dice, today, ages ?? draw(dice, COUPLE_AGES));
    case 'FAMILY':
      return family(dice, today, ages);
    case 'SINGLE_PARENT':
      return singleParent(dice, today);
    case 'AGED_PARENT':
      return agedParent(dice, today);
    case 'THREE_GENERATIONS':
      return threeGenerations(dice, today);
    case 'SIBLINGS':
      return siblings(dice, today);
  }
}

function member(relation: Relation, sex: Sex, birthDay: LocalDate, otherFamily = false): MemberDraft {
  return { relation, sex, birthDay, otherFamily };
}

function bornAtAge(dice: Dice, today: LocalDate, { from, to }: AgeRange): LocalDate {
  const birthDay = addDays(today, -dice.between(years(from) + 1, years(to + 1) - 2));
  const { year } = partsOfDate(birthDay);
  if (!isLeapYear(year) || !dice.permille(LEAP_DAY_SHARE)) return birthDay;
  const leapDay = localDateOf(year, 2, 29);
  const age = daysBetween(leapDay, today);
  return age > years(from) && age < years(to + 1) - 1 ? leapDay : birthDay;
}

/** A partner from four years older to eight years younger, of age. */
function partnerOf(dice: Dice, birthDay: LocalDate, today: LocalDate): LocalDate {
  const partner = addDays(birthDay, dice.between(-years(4), years(8)));
  const latest = addDays(today, -years(18) - 1);
  return partner < latest ? partner : latest;
}

function couple(dice: Dice, today: LocalDate, ages: AgeRange): readonly MemberDraft[] {
  const sex: Sex = dice.permille(MALE_HEAD_SHARE) ? '1' : '2';
  const head = bornAtAge(dice, today, ages);
  return [member('HEAD', sex, head), member('SPOUSE', opposite(sex), partnerOf(dice, head, today))];
}

interface Parents {
  readonly mother: LocalDate;
  readonly father: LocalDate;
  readonly children: readonly MemberDraft[];
}

/** Mother first, then her children at her ages 20 to 44; the father was of age at the first birth. */
function drawParents(dice: Dice, today: LocalDate, ages: AgeRange): Parents {
  const mother = bornAtAge(dice, today, ages);
  const births = drawBirths(dice, mother, today);
  const children = births.map((birthDay) => member('CHILD', dice.permille(513) ? '1' : '2', birthDay));
  const father = addDays(mother, dice.between(-years(8), years(4)));
  const latest = addDays(births[0] ?? today, -years(18) - 1);
  return { mother, father: father < latest ? father : latest, children };
}

function drawBirths(dice: Dice, mother: LocalDate, today: LocalDate): readonly LocalDate[] {
  const births: LocalDate[] = [];
  const atHomeSince = addDays(today, -years(dice.permille(330) ? 34 : 23));
  const oldest = Math.max(years(20), daysBetween(mother, atHomeSince));
  const youngest = Math.min(years(38), daysBetween(mother, today));
  let age = dice.between(Math.min(oldest, youngest), youngest);
  for (let left = draw(dice, CHILD_COUNTS); left > 0 && age <= Math.min(years(44), daysBetween(mother, today)); left -= 1) {
    births.push(addDays(mother, age));
    if (!dice.permille(TWIN_SHARE)) age += dice.between(years(1.2), years(5));
  }
  return births;
}

function family(dice: Dice, today: LocalDate, ages: AgeRange = draw(dice, MOTHER_AGES)): readonly MemberDraft[] {
  const { mother, father, children } = drawParents(dice, today, ages);
  return dice.permille(MALE_HEAD_SHARE + 50)
    ? [member('HEAD', '1', father), member('SPOUSE', '2', mother), ...children]
    : [member('HEAD', '2', mother), member('SPOUSE', '1', father), ...children];
}

function singleParent(dice: Dice, today: LocalDate): readonly MemberDraft[] {
  const { mother, father, children } = drawParents(dice, today, draw(dice, MOTHER_AGES));
  return [dice.permille(860) ? member('HEAD', '2', mother) : member('HEAD', '1', father), ...children];
}

function agedParent(dice: Dice, today: LocalDate): readonly MemberDraft[] {
  const parent = bornAtAge(dice, today, { from: 70, to: 93 });
  const child = addDays(parent, dice.between(years(20), years(38)));
  return [
    member('HEAD', dice.permille(350) ? '1' : '2', parent),
    member('CHILD', dice.permille(600) ? '1' : '2', child),
  ];
}

/** Grandparents stand as the head's parents, as the parents of the wife, or as the head with three generations below. */
function threeGenerations(dice: Dice, today: LocalDate): readonly MemberDraft[] {
  const { mother, father, children } = drawParents(dice, today, { from: 27, to: 52 });
  const motherSide = dice.permille(250);
  const grandmother = addDays(motherSide ? mother : father, -dice.between(years(20), years(35)));
  const grandfather = addDays(grandmother, -dice.between(-years(2), years(8)));
  const parents = [member('HEAD', '1', father), member('SPOUSE', '2', mother), ...children];
  if (motherSide) return [...parents, member('PARENT_IN_LAW', '2', grandmother, true)];
  const both = dice.permille(550);
  if (dice.permille(600)) {
    return [...parents, member('PARENT', '2', grandmother), ...(both ? [member('PARENT', '1', grandfather)] : [])];
  }
  return [
    member('HEAD', '1', grandfather),
    ...(both ? [member('SPOUSE', '2', grandmother)] : []),
    member('CHILD', '1', father),
    member('CHILD_IN_LAW', '2', mother),
    ...children.map((child) => member('GRANDCHILD', child.sex, child.birthDay)),
  ];
}

function siblings(dice: Dice, today: LocalDate): readonly MemberDraft[] {
  const head = bornAtAge(dice, today, { from: 28, to: 80 });
  const sex = (): Sex => (dice.permille(500) ? '1' : '2');
  return [member('HEAD', sex(), head), member('SIBLING', sex(), addDays(head, dice.between(years(1.2), years(9))))];
}

const KINDS: WeightedTable<HouseholdKind> = weightedTable([
  ['SINGLE', 350],
  ['COUPLE', 235],
  ['FAMILY', 220],
  ['SINGLE_PARENT', 65],
  ['AGED_PARENT', 75],
  ['THREE_GENERATIONS', 68],
  ['SIBLINGS', 12],
]);

const FOREIGN_KINDS: WeightedTable<HouseholdKind> = weightedTable([
  ['SINGLE', 58],
  ['COUPLE', 17],
  ['FAMILY', 25],
]);

/** Draws a kind with the shares of households, Japanese or foreign. */
export function drawKind(dice: Dice, foreign: boolean): HouseholdKind {
  return draw(dice, foreign ? FOREIGN_KINDS : KINDS);
}
