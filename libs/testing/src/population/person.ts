import { addDays, daysBetween, type LocalDate, partsOfDate } from '#kernel';
import { compactDate } from './compact-date.js';
import type { MemberDraft } from './composition.js';
import { type Dice, draw, type WeightedTable, weightedTable } from './dice.js';
import { FOREIGN_ORIGINS, type ForeignNamePart, type ForeignOrigin, PERMANENT_STATUS, SPECIAL_PERMANENT_STATUS } from './foreign-names.js';
import type { ForeignStatus, Resident } from './household.js';
import { drawFamilyName, drawForeignFamily, type FamilyName, foreignName, nameInFamily } from './person-name.js';

/** A resident before code, address and protection. */
export type Person = Pick<Resident, 'nameKanji' | 'nameKana' | 'aliasName' | 'birthDate' | 'sex' | 'isHead' | 'relation' | 'foreign'>;

/** Country and status of the head of a foreign household, from which those of the dependants follow. */
export interface ForeignGround {
  readonly origin: ForeignOrigin;
  readonly residenceStatus: string;
}

const ORIGIN_TABLE: WeightedTable<ForeignOrigin> = weightedTable(FOREIGN_ORIGINS.map((origin) => [origin, origin.weight]));

/** Residence status of the foreign spouse of a Japanese. */
export const SPOUSE_OF_JAPANESE = '日本人の配偶者等';
const DEPENDANT = '家族滞在';
const LONG_TERM = '定住者';
/** Statuses that let nobody bring a family. */
const ALONE_ONLY = /^(?:技能実習|特定技能1号)/u;

const ADULT_DAYS = 18 * 366;
/** Old records and some foreign ones lack day or month of birth (JUKI-R4.2). */
const OLD_RECORD_DAYS = 75 * 366;
const UNKNOWN_BIRTH_SHARE_OLD = 6;
const UNKNOWN_BIRTH_SHARE_FOREIGN = 4;
/** A child born to foreign residents stays 60 days without a status (入管法 art. 22-2). */
const TRANSITIONAL_DAYS = 60;

/** Draws country and status of a foreign head; `alone` allows the statuses without family. */
export function drawForeignGround(dice: Dice, alone: boolean): ForeignGround {
  const origin = draw(dice, ORIGIN_TABLE);
  const statuses = alone ? origin.statuses : origin.statuses.filter((status) => !ALONE_ONLY.test(status));
  return { origin, residenceStatus: dice.pick(statuses) };
}

/** The household's names: one for the head's family, one for the parents of the one who married into it. */
export interface FamilyNames {
  readonly own: FamilyName;
  readonly other: FamilyName;
}

/** Draws both family names of a household. */
export function drawFamilyNames(dice: Dice): FamilyNames {
  return { own: drawFamilyName(dice), other: drawFamilyName(dice) };
}

/** A Japanese member: family name by line, given name by cohort. */
export function japanesePerson(dice: Dice, draft: MemberDraft, names: FamilyNames, today: LocalDate): Person {
  const { relation, sex, birthDay } = draft;
  const { nameKanji, nameKana } = nameInFamily(dice, draft.otherFamily ? names.other : names.own, sex, partsOfDate(birthDay).year);
  const old = daysBetween(birthDay, today) > OLD_RECORD_DAYS;
  const birthDate = birthDateText(dice, birthDay, old ? UNKNOWN_BIRTH_SHARE_OLD : 0);
  return { nameKanji, nameKana, birthDate, sex, isHead: relation === 'HEAD', relation };
}

/** A foreign household: its ground of residence and the family name of the head. */
export interface ForeignHousehold extends ForeignGround {
  readonly family: ForeignNamePart;
}

/** A foreign member; children bear the head's family name, spouses and others their own. */
export function foreignPerson(dice: Dice, draft: MemberDraft, household: ForeignHousehold, today: LocalDate): Person {
  const { origin, family, residenceStatus } = household;
  const adult = daysBetween(draft.birthDay, today) > ADULT_DAYS;
  const shares = draft.relation === 'HEAD' || draft.relation === 'CHILD';
  const { latinName, ...name } = foreignName(dice, origin, {
    family: shares ? family : drawForeignFamily(dice, origin),
    sex: draft.sex,
    birthYear: partsOfDate(draft.birthDay).year,
    adult,
  });
  const status = draft.relation === 'HEAD' || residenceStatus === SPOUSE_OF_JAPANESE ? residenceStatus : dependantStatus(residenceStatus);
  return {
    ...name,
    sex: draft.sex,
    isHead: draft.relation === 'HEAD',
    relation: draft.relation,
    birthDate: birthDateText(dice, draft.birthDay, adult ? UNKNOWN_BIRTH_SHARE_FOREIGN : 0),
    foreign: { nationality: origin.nationality, latinName, ...stayOf(dice, draft.birthDay, status, today) },
  };
}

function dependantStatus(headStatus: string): string {
  if (headStatus === SPECIAL_PERMANENT_STATUS || headStatus === LONG_TERM) return headStatus;
  return headStatus === PERMANENT_STATUS ? '永住者の配偶者等' : DEPENDANT;
}

function stayOf(
  dice: Dice,
  birthDay: LocalDate,
  residenceStatus: string,
  today: LocalDate,
): Pick<ForeignStatus, 'foreignClass' | 'residenceStatus' | 'stayUntil'> {
  if (daysBetween(birthDay, today) < TRANSITIONAL_DAYS) {
    return {
      foreignClass: 'TRANSITIONAL',
      residenceStatus: '出生による経過滞在者',
      stayUntil: compactDate(addDays(birthDay, TRANSITIONAL_DAYS)),
    };
  }
  if (residenceStatus === SPECIAL_PERMANENT_STATUS) return { foreignClass: 'SPECIAL_PERMANENT', residenceStatus };
  if (residenceStatus === PERMANENT_STATUS) return { foreignClass: 'MID_TO_LONG_TERM', residenceStatus };
  const stayUntil = compactDate(addDays(today, dice.between(1, 5 * 365)));
  return dice.permille(3)
    ? { foreignClass: 'PROVISIONAL_STAY', residenceStatus: '仮滞在許可者', stayUntil }
    : { foreignClass: 'MID_TO_LONG_TERM', residenceStatus, stayUntil };
}


/** Two in three unknown dates lack month and day, the others only the day. */
function birthDateText(dice: Dice, birthDay: LocalDate, unknownShare: number): string {
  const text = compactDate(birthDay);
  if (unknownShare === 0 || !dice.permille(unknownShare)) return text;
  return dice.permille(667) ? `${text.slice(0, 4)}0000` : `${text.slice(0, 6)}00`;
}
