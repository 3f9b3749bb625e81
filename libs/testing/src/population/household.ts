import type { ResidentCode } from '#kernel';
import type { PostalAddress, RegisteredAddress } from './address.js';
import type { ForeignClass } from './foreign-names.js';
import type { PersonName, Sex } from './person-name.js';

/** Relation to the head (続柄). Not identity information: it shapes the household and must leave in no notice (JUKI-R4.2). */
export type Relation = 'HEAD' | 'SPOUSE' | 'CHILD' | 'PARENT' | 'PARENT_IN_LAW' | 'CHILD_IN_LAW' | 'GRANDCHILD' | 'SIBLING';

/** What the register holds about a foreign resident besides the identity information (art. 30-45). */
export interface ForeignStatus {
  /** ISO 3166-1 alpha-3. */
  readonly nationality: string;
  readonly foreignClass: ForeignClass;
  /** 在留資格 as on the residence card. */
  readonly residenceStatus: string;
  /** Last day of the period of stay, `YYYYMMDD`; absent where the status has none. */
  readonly stayUntil?: string;
  /** Name in Latin letters as in the passport. */
  readonly latinName: string;
}

export interface Resident extends PersonName {
  readonly residentCode: ResidentCode;
  /** 通称. */
  readonly aliasName?: string;
  /** `YYYYMMDD`; month and day `00` when unknown. */
  readonly birthDate: string;
  /** `1` male, `2` female. */
  readonly sex: Sex;
  readonly isHead: boolean;
  readonly relation: Relation;
  readonly foreign?: ForeignStatus;
  /** Under a support measure (DV and the like): no envelope of others may name this person (CARD-R4.2). */
  readonly protectedPerson: boolean;
  /** Where a protected person really lives when the rest of the household does not (居所). */
  readonly temporaryAddress?: PostalAddress;
}

export interface Household extends RegisteredAddress {
  /** Household number of the municipality, 10 digits, first digit 0 to 8. */
  readonly ref: string;
  /** The head first. */
  readonly members: readonly Resident[];
  /** Where the household really is (evacuees, in-patients); post goes there before the registered address (CARD-R4.2). */
  readonly temporaryAddress?: PostalAddress;
}
