import { platformProblems, reaches, type Ctx, type InstitutionKind, type PolicyRow } from '#platform';

/** Affairs for which residents' data is touched. */
export const CONVENIENCE_ISSUANCE = ['CONVENIENCE_ISSUANCE'] as const;
/** An answer that was another's may be a leak: its evidence is for those who look into it. */
export const INCIDENT = ['INCIDENT'] as const;

/** 住民基本台帳法 12条, 印鑑登録 and others are the municipality's; the centre acts by commission (CARD-1). */
const BASIS = '住民基本台帳法 art. 12, 戸籍法 art. 10 (by commission of the municipality); CARD-4.15';

/** Rows of `issuing-centre.<action>`: of its own organisation, or for all of them. */
export function permit(institution: InstitutionKind, actions: readonly string[], purposes?: readonly string[]): PolicyRow[] {
  const scope = institution === 'municipality' || institution === 'kiosk-operator' ? 'own' : 'nation';
  return actions.map((action) => ({ action: `issuing-centre.${action}`, institution, scope, basis: BASIS, ...(purposes === undefined ? {} : { purposes }) }));
}

/** Refuses OUT_OF_JURISDICTION unless the caller is this organisation or acts for all. */
export function requireOwn(ctx: Ctx, organisation: string): void {
  if (!reaches(ctx.actor, ctx.permission, organisation)) throw platformProblems.refuse('OUT_OF_JURISDICTION');
}
