import { isSameOfficer } from '#kernel';

export const ROTATION_STATES = ['PROPOSED', 'EFFECTED', 'WITHDRAWN'] as const;
export type RotationState = (typeof ROTATION_STATES)[number];

/** For so many days at least, and at most, partners may go on sealing to the former certificate; the bounds are ours. */
export const OVERLAP_DAYS = { least: 7, most: 365 } as const;

/** A change of the exchange key that an officer proposed (JUKI-5.3). */
export interface KeyRotation {
  readonly rotationId: string;
  readonly overlapDays: number;
  readonly state: RotationState;
  readonly proposedBy: string;
}

export type RotationStep = 'EFFECT' | 'WITHDRAW';

const ENDS: Readonly<Record<RotationStep, RotationState>> = { EFFECT: 'EFFECTED', WITHDRAW: 'WITHDRAWN' };

/** The next state or why not: another officer than the one who proposed makes the new key; anybody may withdraw. */
export function decideRotation(rotation: KeyRotation, step: RotationStep, officer: string): { readonly state: RotationState } | { readonly refusal: 'ROTATION_STATE' | 'SAME_OFFICER' } {
  if (rotation.state !== 'PROPOSED') return { refusal: 'ROTATION_STATE' };
  if (step === 'EFFECT' && isSameOfficer(officer, rotation.proposedBy)) return { refusal: 'SAME_OFFICER' };
  return { state: ENDS[step] };
}
