import type { Municipality } from './municipality-master.js';
import { type PostalTown, postalMunicipalities, postalTowns } from './postal-master.js';

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
  const heads = new Map(
    townBodies.map((body) => {
      const ward = townBodies.length === 1 ? undefined : postalMunicipalities().get(body)?.name;
      return [body, `${prefectureName}${county}${ward ?? name}`];
    }),
  );
  const towns: Town[] = [];
  for (const town of postalTowns()) {
    const head = heads.get(town.municipalityBody);
    if (head === undefined) continue;
    const numberedDistricts = towns.length % 2 === 0 && !NUMBERED_NAME.test(town.name);
    towns.push({ addressHead: head + town.name, postalCode: town.postalCode, numberedDistricts });
  }
  return towns;
}

function fictionalTowns({ prefectureName, name, code }: Municipality): readonly Town[] {
  const block = Number(code.slice(3, 5));
  return widespreadTownNames(FICTIONAL_TOWNS).map((town, index) => ({
    addressHead: `${prefectureName}${name}${town}`,
    postalCode: `000${String(block * 100 + index + 1).padStart(4, '0')}`,
    numberedDistricts: index % 2 === 0,
    townNumber: String(index + 1).padStart(4, '0'),
  }));
}

/** The `count` town names that stand in most municipalities; equal counts in the order of the postal file. */
function widespreadTownNames(count: number): readonly string[] {
  const municipalitiesByName = new Map<PostalTown['name'], Set<string>>();
  for (const { name, municipalityBody } of postalTowns()) {
    const seen = municipalitiesByName.get(name);
    if (seen === undefined) municipalitiesByName.set(name, new Set([municipalityBody]));
    else seen.add(municipalityBody);
  }
  return [...municipalitiesByName]
    .sort(([, a], [, b]) => b.size - a.size)
    .slice(0, count)
    .map(([name]) => name);
}
