import { localDateFault, ResidentCode, type FieldFault } from '#kernel';
import { isForeign, type Realm } from '../realm/realm.js';

/** NUM-5.3 `NDIF`. */
export const DIFFERENCE_COLUMNS = ['residentCode', 'situation', 'since'] as const;

/** Why the mass numbering may have missed a person (NUM-5.3). */
export const SITUATIONS = ['born', 'arrived', 'moved-in', 'code changed', 'deleted'] as const;
export type Situation = (typeof SITUATIONS)[number];

export interface DifferenceLine {
  readonly line: number;
  readonly residentCode: string;
  readonly situation: Situation;
  readonly since: string;
}

/** Reads the fields of the n-th line; whatever is not in the form of the file is a fault of the whole file. Nothing is corrected (NUM-7). */
export function readDifferenceLine(fields: readonly string[], line: number, { today, realm }: { readonly today: string; readonly realm: Realm }): DifferenceLine | readonly FieldFault[] {
  const at = (column: string, code: string): FieldFault => ({ pointer: `/lines/${line}/${column}`, code });
  if (fields.length !== DIFFERENCE_COLUMNS.length) return [at('', 'COLUMN_COUNT')];
  const [residentCode = '', named = '', since = ''] = fields;
  const situation = SITUATIONS.find((candidate) => candidate === named);
  const faults: FieldFault[] = [];
  if (ResidentCode.fault(residentCode) !== undefined) faults.push(at('residentCode', 'CHECK_DIGIT'));
  else if (isForeign(realm, residentCode)) faults.push(at('residentCode', 'TRAINING_REALM'));
  if (situation === undefined) faults.push(at('situation', 'SITUATION'));
  if (localDateFault(since) !== undefined || since > today || since < '1800-01-01') faults.push(at('since', 'DATE'));
  return faults.length > 0 || situation === undefined ? faults : { line, residentCode, situation, since };
}

/** What a comparison of a list with the link found. */
export interface Compared {
  readonly linked: number;
  /** People without a number for whom one is requested. */
  readonly toNumber: number;
  /** Changed codes that the link does not know yet: the number follows the person and is never a second one (NUM-3.4). */
  readonly waiting: number;
  /** Deleted from the register since: nobody draws a number for them. */
  readonly deleted: number;
}

/** A run repeats every night until nobody is left (NUM-4.7). */
export function stateAfter({ toNumber, waiting }: Compared): 'OPEN' | 'DONE' {
  return toNumber + waiting === 0 ? 'DONE' : 'OPEN';
}
