import { CONTENT_ITEMS, type ContentItem } from '../resident/change-reason.js';
import type { Content } from '../resident/segment.js';

/** Certificates that news of a person ends (JUKI-4.9). */
export const CA_CLASSES = ['NONE', 'SIGNATURE', 'ALL'] as const;
export type CaClass = (typeof CA_CLASSES)[number];

/** News of a person as it would be published, by its short name of the family `resident.*`. */
export interface News {
  readonly kind: string;
  readonly fields: readonly string[];
  readonly abroad?: boolean | undefined;
  readonly returnsTo?: string | undefined;
}

/** Items that the signature certificate shows; a reading, town code or postal code is not among them. */
const SHOWN: ReadonlySet<string> = new Set<ContentItem>(['nameKanji', 'aliasName', 'birthDate', 'sex', 'address']);

/** The signature certificate goes with what it shows, the other only with the record; a move-out alone ends none (JUKI-4.9). */
export function caClassOf({ kind, fields, abroad, returnsTo }: News): CaClass {
  switch (kind) {
    case 'died':
      return 'ALL';
    case 'record-deleted':
      return returnsTo === undefined ? 'ALL' : 'SIGNATURE';
    case 'moved-out':
      return abroad === true ? 'ALL' : 'NONE';
    case 'moved-in':
      return 'SIGNATURE';
    case 'changed':
      return fields.some((field) => SHOWN.has(field)) ? 'SIGNATURE' : 'NONE';
    default:
      return 'NONE';
  }
}

/** What all news of one notice end together. */
export function strongest(classes: readonly CaClass[]): CaClass {
  return CA_CLASSES.findLast((known) => classes.includes(known)) ?? 'NONE';
}

/** Names of the items that a municipality's record shows otherwise than before; of a new record those that are filled in. */
export function changedItems(before: Content | undefined, after: Content): ContentItem[] {
  return CONTENT_ITEMS.filter((item) => after[item] !== (before?.[item] ?? ''));
}
