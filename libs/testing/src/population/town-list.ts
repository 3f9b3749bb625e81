import type { Municipality } from './municipality-master.js';
import { once } from './once.js';
import { postalMunicipalities, postalTownsByMunicipality } from './postal-master.js';

/** A town as addresses of a municipality are written in it. */
export interface Town {
  /** Prefecture to town: 架空県試験市栄町. */
  readonly addressHead: string;
  readonly postalCode: string;
  /** 住居表示 by 丁目, 番, 号; the other towns count lots (番地). */
  readonly numberedDistricts: boolean;
  /** Four digits of the town part of a town code; only fictional municipalities have one (see `townsOf`). */
  readonly townNumber?: string;
}

/** How many of the most widespread town names a fictional municipality takes. */
const FICTIONAL_TOWNS = 60;

/** Town names that are numbers already (二番町, 北一条西) take no 丁目 here. */
const NUMBERED_NAME = /番町$|丁目|条/u;

/**
 * Towns of a municipality. A real one has its real towns and postal codes; the packed postal file has no town codes
 * (町字), so none are invented for it. A fictional one takes the town names found in most municipalities of the country,
 * which point nowhere, with postal codes 000-XXXX, which are not in use.
 */
export function townsOf(municipality: Municipality): readonly Town[] {
  const towns = municipality.townBodies.length === 0 ? fictionalTowns(municipality) : realTowns(municipality);
  if (towns.length === 0) throw new RangeError(`no towns known for municipality ${municipality.code}`);
  return towns;
}

function realTowns({ prefectureName, county = '', name, townBodies }: Municipality): readonly Town[] {
  return townBodies.flatMap((body) => {
    const ward = townBodies.length === 1 ? undefined : postalMunicipalities().get(body)?.name;
    return (postalTownsByMunicipality().get(body) ?? []).map((town, index) => ({
      addressHead: `${prefectureName}${county}${ward ?? name}${town.name}`,
      postalCode: town.postalCode,
      numberedDistricts: index % 2 === 0 && !NUMBERED_NAME.test(town.name),
    }));
  });
}

function fictionalTowns({ prefectureName, name, code }: Municipality): readonly Town[] {
  const block = Number(code.slice(3, 5));
  return widespreadTownNames().map((town, index) => ({
    addressHead: `${prefectureName}${name}${town}`,
    postalCode: `000${String(block * 100 + index + 1).padStart(4, '0')}`,
    numberedDistricts: index % 2 === 0,
    townNumber: String(index + 1).padStart(4, '0'),
  }));
}

/** The town names that stand in most municipalities; equal counts in the order of the postal file. */
const widespreadTownNames = once((): readonly string[] => {
  const municipalities = new Map<string, number>();
  for (const towns of postalTownsByMunicipality().values()) {
    for (const name of new Set(towns.map((town) => town.name))) municipalities.set(name, (municipalities.get(name) ?? 0) + 1);
  }
  return [...municipalities]
    .sort(([, a], [, b]) => b - a)
    .slice(0, FICTIONAL_TOWNS)
    .map(([name]) => name);
});
