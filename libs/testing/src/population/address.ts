import { type Dice, draw, weightedTable } from './dice.js';
import type { Town } from './town-list.js';

/** Where post reaches a person. */
export interface PostalAddress {
  /** 7 digits. */
  readonly postalCode: string;
  readonly address: string;
}

/** A registered address. */
export interface RegisteredAddress extends PostalAddress {
  /** 町字 code, 4 digits town and 3 digits 丁目; only for fictional municipalities. */
  readonly townCode?: string;
}

const DISTRICT_NUMERALS = ['一', '二', '三', '四', '五', '六'] as const;

/** The one with quotes and a comma is there because an importer has to read RFC 4180 quoting. */
const BUILDINGS = weightedTable([
  ['コーポ見本', 40],
  ['メゾン・ド・架空', 30],
  ['グランドハイツ本町', 30],
  ['ハイム栄', 30],
  ['県営住宅３号棟', 20],
  ['サンライズ𠮷野', 10],
  ['シャトー"21", Ⅱ番館', 4],
] as const);

/** Draws an address in one of the towns, by 丁目, 番 and 号 or by 番地 as the town has it. */
export function drawAddress(dice: Dice, towns: readonly Town[]): RegisteredAddress {
  const town = dice.pick(towns);
  const district = town.numberedDistricts ? dice.between(1, DISTRICT_NUMERALS.length) : 0;
  const lot = district === 0 ? lotNumber(dice) : residenceNumber(dice, district);
  const building = dice.permille(350) ? `　${draw(dice, BUILDINGS)}　${dice.between(1, 14)}0${dice.between(1, 8)}号` : '';
  const address = `${town.addressHead}${lot}${building}`;
  if (town.townNumber === undefined) return { postalCode: town.postalCode, address };
  return { postalCode: town.postalCode, address, townCode: `${town.townNumber}00${district}` };
}

function residenceNumber(dice: Dice, district: number): string {
  return `${DISTRICT_NUMERALS[district - 1] ?? ''}丁目${dice.between(1, 40)}番${dice.between(1, 30)}号`;
}

function lotNumber(dice: Dice): string {
  const parcel = dice.between(1, 2400);
  return dice.permille(300) ? `${parcel}番地の${dice.between(1, 20)}` : `${parcel}番地`;
}
