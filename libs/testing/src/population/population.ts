import type { LocalDate, MunicipalityCode } from '#kernel';
import { drawAddress, type PostalAddress } from './address.js';
import { type Dice, diceOf } from './dice.js';
import { drawHousehold } from './household-draft.js';
import type { Household, Resident } from './household.js';
import { municipalityMaster } from './municipality-master.js';
import { drawProtection, isProtected } from './protection.js';
import { residentCodes } from './resident-codes.js';
import { type Town, townsOf } from './town-list.js';

export interface PopulationOptions {
  /** The same options give the same population on every machine, as long as the locked postal package stays the same. */
  readonly seed: string | number;
  /** Persons, not households; met exactly. */
  readonly size: number;
  readonly municipality: MunicipalityCode;
  /** First serial of the resident codes, default 1. */
  readonly firstSerial?: number;
  /** The day on which the population stands in the register: nobody is born later. */
  readonly baseDate: LocalDate;
  /** Codes outside the test prefix 99; default false. */
  readonly realCodes?: boolean;
}

/** Permille of households whose post goes elsewhere: evacuees, in-patients. */
const AWAY_FROM_HOME = 5;

/**
 * A fictional population of one municipality, household by household in constant memory. RangeError for a size that is no
 * whole number from 0, an unknown municipality, or serials outside their space.
 */
export function* generatePopulation(options: PopulationOptions): Generator<Household, void, void> {
  const { seed, size, municipality, firstSerial = 1, baseDate, realCodes = false } = options;
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('size must be a whole number of persons');
  const master = municipalityMaster(municipality);
  if (master === undefined) throw new RangeError(`unknown municipality ${municipality}`);
  const towns = townsOf(master);
  const dice = diceOf(`${municipality}/${seed}`);
  const codes = residentCodes({ firstSerial, count: size, realCodes });
  let left = size;
  for (let number = 1; left > 0; number += 1) {
    const drawn = drawHousehold(dice, baseDate, left);
    left -= drawn.length;
    const protection = drawProtection(dice, drawn[1]?.draft.relation);
    const shelter = protection === 'SPOUSE_AND_MINORS' ? { temporaryAddress: elsewhere(dice, towns) } : undefined;
    const members = drawn.map(({ draft, person }): Resident => {
      const { value: residentCode } = codes.next();
      if (residentCode === undefined) throw new RangeError('resident codes ran out');
      const protectedPerson = isProtected(protection, draft, baseDate);
      return { residentCode, ...person, protectedPerson, ...(protectedPerson ? shelter : undefined) };
    });
    yield {
      ref: String(number).padStart(10, '0'),
      ...drawAddress(dice, towns),
      ...(dice.permille(AWAY_FROM_HOME) ? { temporaryAddress: elsewhere(dice, towns) } : {}),
      members,
    };
  }
}

function elsewhere(dice: Dice, towns: readonly Town[]): PostalAddress {
  const { postalCode, address } = drawAddress(dice, towns);
  return { postalCode, address };
}
