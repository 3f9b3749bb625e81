import { municipalityCodeFromBody } from '#kernel';

/** 団体 that send people to courses. */
export const BODY_KINDS = ['MUNICIPALITY', 'PREFECTURE'] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

/** Municipalities and prefectures of the nation at the end of FY2015: what coverage is measured by (TRN-4.10). */
export const BODIES_OF_THE_NATION = 1_788;

/** Who may send people to a course; what is absent restricts nothing (TRN-3.1). */
export interface Eligible {
  readonly kinds?: readonly BodyKind[] | undefined;
  /** Only bodies with fewer inhabitants. */
  readonly populationBelow?: number | undefined;
}

/** 中小規模団体 (TRN-4.2; own decision, the size is not public). */
export const SMALL_BODY = { kinds: ['MUNICIPALITY'], populationBelow: 100_000 } as const satisfies Eligible;

/** Whether people of the body may attend (TRN-4.2). */
export function isEligible(eligible: Eligible, body: { readonly kind: BodyKind; readonly population: number }): boolean {
  if (eligible.kinds !== undefined && !eligible.kinds.includes(body.kind)) return false;
  return eligible.populationBelow === undefined || body.population < eligible.populationBelow;
}

/** 規模区分 of statistics, by inhabitants (TRN-4.10). */
export const SIZE_CLASSES = ['PREFECTURE', 'OVER_500K', 'OVER_100K', 'OVER_30K', 'UP_TO_30K'] as const;
export type SizeClass = (typeof SIZE_CLASSES)[number];

/** The class of a body; bounds belong to the larger class. */
export function sizeClassOf({ kind, population }: { readonly kind: BodyKind; readonly population: number }): SizeClass {
  if (kind === 'PREFECTURE') return 'PREFECTURE';
  if (population >= 500_000) return 'OVER_500K';
  if (population >= 100_000) return 'OVER_100K';
  return population >= 30_000 ? 'OVER_30K' : 'UP_TO_30K';
}

/** The six-digit code of the body that a municipality or prefecture acts for; undefined for other institutions. */
export function bodyCodeOf(actor: { readonly kind: string; readonly organisation: string }): string | undefined {
  if (actor.kind === 'municipality') return actor.organisation;
  return actor.kind === 'prefecture' ? municipalityCodeFromBody(`${actor.organisation}000`) : undefined;
}
