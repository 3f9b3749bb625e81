import type { Organisation } from '../authority/authority.js';
import { authorityName, CROSS_YEARS, POLICY_OID, rootProfile } from '../authority/profiles.js';
import { LIST_LIFE_MS, regularRun } from '../revocation-list/revocation-list.js';

const HOUR_MS = 3_600_000;
const HOURS_OF_YEAR = 365 * 24;

/** What the profiles of the bridge and the prefectures' authorities say, as text, by the names under which documents state it (JPKI-4.19). */
export function bridgeFigures(organisation: Organisation): Readonly<Record<string, string>> {
  const root = rootProfile(authorityName(organisation, null));
  const { BRIDGE: policyOid, PREFECTURAL: prefecturalPolicyOid } = POLICY_OID[organisation];
  const figures: Readonly<Record<string, string | number | undefined>> = {
    organisation, policyOid, prefecturalPolicyOid, signatureAlgorithm: root.signature, caKeyBits: root.key.modulusBits, caLifeYears: root.validity.maxYears, crossLifeYears: CROSS_YEARS,
    arlIntervalMonths: 12 / runsInYear('ARL'), arlLifeDays: LIST_LIFE_MS.ARL / HOUR_MS / 24, crlIntervalHours: HOURS_OF_YEAR / runsInYear('CRL'), crlLifeHours: LIST_LIFE_MS.CRL / HOUR_MS,
  };
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, String(value)]));
}

/** Regular lists of a year that begins on 1 January at 02:00 in Japan, by the schedule itself. */
function runsInYear(list: 'ARL' | 'CRL'): number {
  const from = Date.UTC(2014, 11, 31, 17);
  return new Set(Array.from({ length: HOURS_OF_YEAR - 2 }, (_, hour) => regularRun(list, new Date(from + hour * HOUR_MS)))).size;
}
