import { municipalIssuerProblems } from '#contracts/municipal-issuer';
import { requireJurisdiction, type Ctx } from '#platform';
import type { Municipality, MunicipalityStore } from './municipality.store.js';

/** The municipality that the caller may act for; refuses OUT_OF_JURISDICTION, MUNICIPALITY_UNKNOWN. */
export async function requireMunicipality(ctx: Ctx, municipalities: MunicipalityStore, municipalityCode: string): Promise<Municipality> {
  requireJurisdiction(ctx, municipalityCode);
  const municipality = await municipalities.find(ctx.db, municipalityCode);
  if (municipality === undefined) throw municipalIssuerProblems.refuse('MUNICIPALITY_UNKNOWN');
  return municipality;
}
