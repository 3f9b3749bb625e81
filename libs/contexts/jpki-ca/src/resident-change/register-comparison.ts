import type { FourAttributes } from '../profile/four-attributes.js';

/** What the register says of a holder now. */
export interface RegisteredState {
  readonly personKey: string;
  readonly factVersion: number;
  readonly status: 'RESIDENT' | 'IN_TRANSIT' | 'ABROAD' | 'DECEASED' | 'DELETED' | 'CONFLICT';
  readonly municipalityCode: string;
}

/** Facts under way are not missing: only what was not told within an hour is. */
export const MISSING_AFTER_SECONDS = 3_600;

/** The version that was not told here yet; undefined when all were. Whoever the register no longer names was told of as deleted in the next one. */
export function untoldVersion(applied: number, registered: Pick<RegisteredState, 'factVersion'> | undefined): number | undefined {
  const version = registered?.factVersion ?? applied + 1;
  return version > applied ? version : undefined;
}

/** Whether the record that both certificates go with is gone (JUKI-4.9): death, abroad, ex officio. */
export function endsRecord({ status }: Pick<RegisteredState, 'status'>): boolean {
  return status === 'DECEASED' || status === 'ABROAD' || status === 'DELETED';
}

/** Where the person lives by the register; elsewhere than in a record of theirs nobody is moved. */
export function residenceOf({ status, municipalityCode }: Pick<RegisteredState, 'status' | 'municipalityCode'>): string | undefined {
  return status === 'RESIDENT' || status === 'CONFLICT' ? municipalityCode : undefined;
}

/**
 * Whether a signature certificate still shows what the register has. Nobody can tell whether a lost change was a minor one: one that
 * shows something else ends, since a free new one is the lesser harm (JPKI 3.4).
 */
export function showsSame(shown: FourAttributes, registered: FourAttributes): boolean {
  return shown.name === registered.name && shown.birthDate === registered.birthDate && shown.sex === registered.sex && shown.address === registered.address;
}
