/** Kinds of institution that the policy table knows. `service` is a context of Kiban itself. */
export const INSTITUTION_KINDS = [
  'municipality', 'prefecture', 'national-agency', 'signature-verifier', 'card-maker', 'operator', 'auditor', 'service',
] as const;

export type InstitutionKind = (typeof INSTITUTION_KINDS)[number];

/** Who asks: the client of the access token and the institution it belongs to. */
export interface Actor {
  readonly clientId: string;
  readonly kind: InstitutionKind;
  /** Municipality code, prefecture number, or the institution's short name. */
  readonly organisation: string;
  /** Person at the institution, as asserted by it; opaque. */
  readonly operator?: string;
}
