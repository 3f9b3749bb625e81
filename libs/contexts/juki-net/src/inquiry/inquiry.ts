import type { InquiredPerson, InquiryItem } from '#contracts/juki-net';
import { addressKey } from '#kernel';
import type { PersonStatus } from '../resident/person-status.js';

export type ResultCode = InquiredPerson['resultCode'];

/** A person as an inquiry finds them; '' where the register holds nothing. */
export interface FoundPerson {
  readonly personKey: string;
  readonly factVersion: number;
  readonly status: PersonStatus;
  readonly municipalityCode: string;
  readonly isProtected: boolean;
  readonly closedDate?: string | undefined;
  readonly items: Readonly<Record<InquiryItem, string>>;
}

/** More candidates than this are only counted: no fishing (JUKI-4.7). */
export const MOST_CANDIDATES = 10;

const PLACE: readonly InquiryItem[] = ['address', 'municipalityCode', 'townCode', 'postalCode'];

/** The result code of one person (JUKI-4.7); of one in conflict neither record's address is told until it is solved (JUKI-7). */
export function resultOf(person: FoundPerson, asked: { readonly sinceDate?: string | undefined; readonly protectiveExempt: boolean }): ResultCode {
  switch (person.status) {
    case 'DECEASED':
      return '20';
    case 'ABROAD':
      return '21';
    case 'DELETED':
      return '22';
    case 'IN_TRANSIT':
    case 'CONFLICT':
      return '23';
    case 'RESIDENT':
      if (person.isProtected && !asked.protectiveExempt) return '41';
      return asked.sinceDate !== undefined && person.items.changeDate > asked.sinceDate ? '01' : '00';
  }
}

/** Only of a person who is simply resident the place is told (JUKI-4.7, 4.13). */
function tellsPlace(resultCode: ResultCode): boolean {
  return resultCode === '00' || resultCode === '01';
}

/** A death is told without any item, and the place of simple residents only. */
export function mayTell(item: InquiryItem, resultCode: ResultCode): boolean {
  return resultCode !== '20' && (tellsPlace(resultCode) || !PLACE.includes(item));
}

/** What a grant lets its affair know beside the items (JUKI-7). */
export interface Tells {
  readonly tellsDeceased: boolean;
  readonly tellsProtection: boolean;
}

/** What is told of a person: granted items only, and less where the result forbids it. Items that are not told are absent. */
export function toldOf(person: FoundPerson, resultCode: ResultCode, granted: readonly InquiryItem[], tells?: Tells): InquiredPerson {
  const told: InquiredPerson = { resultCode };
  const tellsDeceased = resultCode === '20' && tells?.tellsDeceased === true;
  for (const item of granted) {
    const text = person.items[item];
    if ((tellsDeceased || mayTell(item, resultCode)) && text !== '') told[item] = text;
  }
  if (resultCode === '20' && person.closedDate !== undefined) told.changeDate = person.closedDate;
  if (tells?.tellsProtection === true) told.isProtected = person.isProtected;
  return told;
}

/**
 * Whether the person's address begins with what was asked, both in the comparable form (JUKI-4.8). A person whose place is not told
 * is found whatever was asked: otherwise the address could be guessed beginning by beginning (JUKI-4.13).
 */
export function fitsPlace(person: FoundPerson, asked: { readonly addressPrefix?: string | undefined; readonly protectiveExempt: boolean }): boolean {
  const { addressPrefix } = asked;
  return addressPrefix === undefined || !tellsPlace(resultOf(person, asked)) || addressKey(person.items.address).startsWith(addressKey(addressPrefix));
}
