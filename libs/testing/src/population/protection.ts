import { daysBetween, type LocalDate } from '#kernel';
import type { MemberDraft } from './composition.js';
import type { Dice } from './dice.js';
import type { Relation } from './household.js';

/**
 * Who of a household is under a support measure: nobody, all of it, or the spouse with the children under age, who then
 * live where the head must not learn (JUKI-R4.13).
 */
export type Protection = 'NONE' | 'HOUSEHOLD' | 'SPOUSE_AND_MINORS';

/** Permille of households. */
const PROTECTED_ALONE = 2;
const PROTECTED_SINGLE_PARENTS = 15;
const PROTECTED_SPOUSES = 4;

const MINOR_DAYS = 18 * 365;

/** Draws the protection of a household by the relation of its second member, if it has one. */
export function drawProtection(dice: Dice, second: Relation | undefined): Protection {
  switch (second) {
    case undefined:
      return dice.permille(PROTECTED_ALONE) ? 'HOUSEHOLD' : 'NONE';
    case 'SPOUSE':
      return dice.permille(PROTECTED_SPOUSES) ? 'SPOUSE_AND_MINORS' : 'NONE';
    case 'CHILD':
      return dice.permille(PROTECTED_SINGLE_PARENTS) ? 'HOUSEHOLD' : 'NONE';
    case 'HEAD':
    case 'PARENT':
    case 'PARENT_IN_LAW':
    case 'CHILD_IN_LAW':
    case 'GRANDCHILD':
    case 'SIBLING':
      return 'NONE';
  }
}

/** Whether the member is among the protected. */
export function isProtected(protection: Protection, draft: MemberDraft, today: LocalDate): boolean {
  switch (protection) {
    case 'NONE':
      return false;
    case 'HOUSEHOLD':
      return true;
    case 'SPOUSE_AND_MINORS':
      return draft.relation === 'SPOUSE' || (draft.relation === 'CHILD' && daysBetween(draft.birthDay, today) < MINOR_DAYS);
  }
}
