import { localDateOf, toMunicipalityCode, type MunicipalityCode } from '#kernel';
import { generatePopulation, type Household } from '#testing/population';
import type { Estate } from '../../tools/start/estate.js';
import type { Api } from '../../tools/walk/api.js';

/** Residents that are sent as one file and numbered as one batch: a city of the middle size. */
export const PORTION = 100_000;
export const BASE_DATE = localDateOf(2015, 10, 5);
const TOWNS = ['990019', '990027'].map(toMunicipalityCode);

/** An estate under measurement; `note` keeps a line of the report. */
export interface Scene {
  readonly estate: Estate;
  readonly api: Api;
  readonly residents: number;
  /** Folder of the estate's data. */
  readonly data: string;
  readonly note: (line: string) => void;
}

export interface Portion {
  readonly index: number;
  readonly municipality: MunicipalityCode;
  readonly firstMunicipalSeq: number;
}

/** The portions of a population; the towns take turns. */
export function portionsOf(residents: number): Portion[] {
  return Array.from({ length: Math.ceil(residents / PORTION) }, (_, index) => {
    const municipality = TOWNS[index % TOWNS.length] ?? toMunicipalityCode('990019');
    return { index, municipality, firstMunicipalSeq: 1 + Math.floor(index / TOWNS.length) * PORTION };
  });
}

/** The same residents each time. */
export function residentsOf({ index, municipality }: Portion): Generator<Household, void, void> {
  return generatePopulation({ seed: `scale-${index}`, size: PORTION, municipality, baseDate: BASE_DATE, firstSerial: 1 + index * PORTION });
}

/** Codes of `count` residents from all over the population. */
export function codesFrom(residents: number, count: number): string[] {
  const portions = portionsOf(residents);
  const each = Math.ceil(count / portions.length);
  return portions.flatMap((portion) => {
    const codes: string[] = [];
    let seen = 0;
    for (const { members } of residentsOf(portion)) {
      for (const { residentCode } of members) if (seen++ % Math.floor(PORTION / each) === 0 && codes.length < each) codes.push(residentCode.reveal());
      if (codes.length === each) break;
    }
    return codes;
  }).slice(0, count);
}

export const thousands = (value: number): string => Math.round(value).toLocaleString('en');
