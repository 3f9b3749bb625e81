import { eraOf, eraYear, formatNameElements, parseNameElements } from '#kernel';
import { z } from 'zod';
import { decisiveBirthDate } from '../card/validity.js';

const NAME_ON_FACE = 64;
const ADDRESS_LINE = 20;
const ADDRESS_LINES = 4;

/** The facts that a card shows, as they were when it was ordered; kept encrypted. */
export const faceFacts = z.object({
  name: z.string(),
  alias: z.string().optional(),
  address: z.string(),
  /** `YYYYMMDD`, unknown parts 00. */
  birthDate: z.string(),
  sex: z.string(),
});
export type FaceFacts = z.output<typeof faceFacts>;

/** The items of the face by the names that the register gives them. */
const REGISTERED_ITEMS: readonly string[] = ['nameKanji', 'aliasName', 'address', 'birthDate', 'sex'] satisfies readonly (keyof RegisteredPerson)[];

/** Whether a change of these items of the register makes a card's face untrue. */
export function changesFace(fields: readonly string[]): boolean {
  return fields.some((field) => REGISTERED_ITEMS.includes(field));
}

interface RegisteredPerson {
  readonly nameKanji: string;
  readonly aliasName?: string | undefined;
  readonly address: string;
  readonly birthDate: string;
  readonly sex: string;
}

/** What the register says today, as far as the card shows it. */
export function faceFactsOf(person: RegisteredPerson): FaceFacts {
  const { nameKanji: name, aliasName: alias, address, birthDate, sex } = person;
  return { name, address, birthDate, sex, ...(alias === undefined ? {} : { alias }) };
}

/** Names of the items in which two faces differ; the items' contents stay inside. */
export function differingItems(card: FaceFacts, present: FaceFacts): string[] {
  const items = ['name', 'alias', 'address', 'birthDate', 'sex'] as const;
  return items.filter((item) => card[item] !== present[item]);
}

/** The face as the maker prints it (CARD-4.4): lengths in characters, each with the reference to its glyph image if it has one; birth date in the era and in the common calendar. */
export function printedFace(facts: FaceFacts): {
  nameFace: string; nameOverLength: boolean; alias?: string; addressFace: string[]; addressOverLength: boolean;
  birthEra: string; birthYmd: string; birthDate: string; sex: string;
} {
  const [name, address] = [parseNameElements(facts.name.normalize('NFC')), parseNameElements(facts.address.normalize('NFC'))];
  const lines = Array.from({ length: Math.ceil(address.length / ADDRESS_LINE) }, (_, index) => formatNameElements(address.slice(index * ADDRESS_LINE, (index + 1) * ADDRESS_LINE)));
  const birth = decisiveBirthDate(facts.birthDate);
  return {
    nameFace: formatNameElements(name.slice(0, NAME_ON_FACE)),
    nameOverLength: name.length > NAME_ON_FACE,
    ...(facts.alias === undefined ? {} : { alias: facts.alias }),
    addressFace: lines.slice(0, ADDRESS_LINES),
    addressOverLength: lines.length > ADDRESS_LINES,
    birthEra: eraOf(birth).name,
    birthYmd: String(eraYear(birth)).padStart(2, '0') + facts.birthDate.slice(4),
    birthDate: facts.birthDate,
    sex: facts.sex,
  };
}

/**
 * Characters that the maker's font does not have, each once (CARD-4.4): those that a glyph image draws by the id of the image, those of private use and
 * those with a selector by their code points.
 */
export function glyphRefsOf({ name, alias = '', address }: FaceFacts): string[] {
  const external = parseNameElements(`${name}${alias}${address}`.normalize('NFC')).flatMap(({ character, selector = '', glyph }) => {
    if (glyph !== undefined) return [glyph];
    return selector !== '' || /\p{Co}/u.test(character) ? [Array.from(character + selector, codePoint).join('_')] : [];
  });
  return [...new Set(external)];
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
}
