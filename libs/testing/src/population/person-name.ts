import { type Dice, draw, type WeightedTable, weightedTable } from './dice.js';
import { ALIAS_SURNAMES, type ForeignNamePart, type ForeignOrigin } from './foreign-names.js';
import { type GivenName, givenNamesOf } from './given-names.js';
import { type Surname, SURNAMES } from './surnames.js';

export type Sex = '1' | '2';

/** A family name as one household writes it. */
export interface FamilyName {
  readonly kanji: string;
  readonly kana: string;
}

export interface PersonName {
  readonly nameKanji: string;
  readonly nameKana: string;
}

export interface ForeignName extends PersonName {
  readonly latinName: string;
  readonly aliasName?: string;
}

/** Registers separate family and given name by one ideographic space (U+3000). */
const SEPARATOR = '　';

const SURNAME_TABLE: WeightedTable<Surname> = weightedTable(SURNAMES.map((surname) => [surname, surname.weight]));

/** Permille of the families with a known variant that write it. */
const VARIANT_SHARE = 350;

/** Draws a Japanese family name, now and then in a variant spelling. */
export function drawFamilyName(dice: Dice): FamilyName {
  const { kanji, kana, variants } = draw(dice, SURNAME_TABLE);
  return { kanji: variants.length > 0 && dice.permille(VARIANT_SHARE) ? dice.pick(variants) : kanji, kana };
}

/** Names a person of a family; the smaller of two draws prefers the front of the cohort's list. */
export function nameInFamily(dice: Dice, family: FamilyName, sex: Sex, birthYear: number): PersonName {
  const given = drawGivenName(dice, sex, birthYear);
  return { nameKanji: `${family.kanji}${SEPARATOR}${given.kanji}`, nameKana: `${family.kana}${SEPARATOR}${given.kana}` };
}

function drawGivenName(dice: Dice, sex: Sex, birthYear: number): GivenName {
  const names = givenNamesOf(sex, birthYear);
  const index = Math.min(dice.between(0, names.length - 1), dice.between(0, names.length - 1));
  const given = names[index];
  if (given === undefined) throw new RangeError('a cohort needs names');
  return given;
}

export interface ForeignNameInput {
  readonly family: ForeignNamePart;
  readonly sex: Sex;
  readonly birthYear: number;
  /** Only adults have aliases here. */
  readonly adult: boolean;
}

/** The family part of a foreign name, shared by the children of a household. */
export function drawForeignFamily(dice: Dice, origin: ForeignOrigin): ForeignNamePart {
  return dice.pick(origin.family);
}

/**
 * Names a foreign resident as the residence card does: Latin capitals, or characters where the country writes them and
 * the person asked for it; an alias (通称, order art. 30-16) for some adults.
 */
export function foreignName(dice: Dice, origin: ForeignOrigin, person: ForeignNameInput): ForeignName {
  const { family, sex, birthYear } = person;
  const given = dice.pick(sex === '1' ? origin.male : origin.female);
  const latinName = `${family.latin} ${given.latin}`;
  const nameKana = `${family.kana}${SEPARATOR}${given.kana}`.replaceAll(' ', SEPARATOR);
  const inCharacters = family.kanji !== undefined && given.kanji !== undefined && dice.permille(600);
  const nameKanji = inCharacters ? `${family.kanji}${SEPARATOR}${given.kanji}` : latinName;
  if (!person.adult || !dice.permille(origin.aliasShare)) return { nameKanji, nameKana, latinName };
  const alias = nameInFamily(dice, dice.pick(ALIAS_SURNAMES), sex, birthYear);
  return { nameKanji, nameKana, latinName, aliasName: alias.nameKanji };
}
