import { addMonths, toLocalDate, type LocalDate } from '#kernel';
import type { PhotoMeasures } from './measure-photo.js';
import type { Region } from './photo-file.js';

/** Findings of CARD-4.3 that a machine makes. `P02` refuses at intake and is therefore none of them. */
export type FindingCode = 'P03' | 'P04' | 'P05' | 'P06' | 'P08' | 'P09' | 'P10';

/**
 * What a machine noticed about a photo. It assists the examiner; `MANUAL` puts the application into the queue of those who look twice.
 * `value` and `limit` are of the same unit, `region` is in pixels of the print version.
 */
export interface PhotoFinding {
  readonly code: FindingCode;
  readonly measure: string;
  readonly severity: 'ASSIST' | 'MANUAL';
  readonly value: number;
  readonly limit: number;
  readonly region?: Region;
  /** P09: the application with the same photo, for examiners only. */
  readonly otherApplicationId?: string;
}

/** Calibrated on drawn portraits of all tones of skin and hair, each good one without a finding; see `photo.spec.ts`. */
export const LIMITS = {
  sharpness: 40, darkest: 55, brightest: 235, glare: 0.02, backgroundStep: 30, backgroundEdges: 0.03,
  offCentre: 0.09, smallest: 0.3, largest: 0.7, tilt: 7, turn: 0.09, darkBand: 0.3, lowerSkin: 0.6, months: 6, otherFaces: 0,
} as const;

/** The findings of CARD-4.3 P03–P06, P08 for what was measured, and of P10 for the day that the camera noted. */
export function photoFindings(measures: PhotoMeasures, age: { readonly takenOn: string | undefined; readonly today: LocalDate }): PhotoFinding[] {
  return [...qualityFindings(measures), ...backgroundFindings(measures), ...faceFindings(measures), ...ageFindings(age)];
}

function qualityFindings({ sharpness, brightness, glare, faceRegion: region }: PhotoMeasures): PhotoFinding[] {
  return [
    ...when(sharpness < LIMITS.sharpness, { code: 'P06', measure: 'sharpness', value: sharpness, limit: LIMITS.sharpness, region }),
    ...when(brightness < LIMITS.darkest, { code: 'P06', measure: 'darkness', value: brightness, limit: LIMITS.darkest, region }),
    ...when(brightness > LIMITS.brightest, { code: 'P06', measure: 'overexposure', value: brightness, limit: LIMITS.brightest, region }),
    ...when(glare > LIMITS.glare, { code: 'P06', measure: 'glare', value: glare, limit: LIMITS.glare, region }),
  ];
}

function backgroundFindings({ backgroundStep, backgroundEdges, backgroundRegion: region }: PhotoMeasures): PhotoFinding[] {
  return [
    ...when(backgroundStep > LIMITS.backgroundStep, { code: 'P04', measure: 'shadow', value: backgroundStep, limit: LIMITS.backgroundStep, region }),
    ...when(backgroundEdges > LIMITS.backgroundEdges, { code: 'P04', measure: 'object', value: backgroundEdges, limit: LIMITS.backgroundEdges, region }),
  ];
}

function faceFindings({ face, otherFaces }: PhotoMeasures): PhotoFinding[] {
  if (face === undefined) return [{ code: 'P08', measure: 'noFace', severity: 'ASSIST', value: 0, limit: 1 }];
  const { region, centre, size, tilt = 0, turn = 0, darkBand, lowerSkin } = face;
  const [other] = otherFaces;
  return [
    ...when(Math.abs(centre - 0.5) > LIMITS.offCentre, { code: 'P03', measure: 'offCentre', value: Math.abs(centre - 0.5), limit: LIMITS.offCentre, region }),
    ...when(size < LIMITS.smallest, { code: 'P03', measure: 'tooSmall', value: size, limit: LIMITS.smallest, region }),
    ...when(size > LIMITS.largest, { code: 'P03', measure: 'tooLarge', value: size, limit: LIMITS.largest, region }),
    ...when(Math.abs(tilt) > LIMITS.tilt, { code: 'P03', measure: 'tilted', value: Math.abs(tilt), limit: LIMITS.tilt, region }),
    ...when(Math.abs(turn) > LIMITS.turn, { code: 'P03', measure: 'turned', value: Math.abs(turn), limit: LIMITS.turn, region }),
    ...when(darkBand > LIMITS.darkBand, { code: 'P05', measure: 'eyesCovered', value: darkBand, limit: LIMITS.darkBand, region }),
    ...when(lowerSkin < LIMITS.lowerSkin, { code: 'P05', measure: 'mouthCovered', value: lowerSkin, limit: LIMITS.lowerSkin, region }),
    ...(other === undefined ? [] : when(true, { code: 'P08', measure: 'otherFaces', value: otherFaces.length, limit: LIMITS.otherFaces, region: other })),
  ];
}

/** Ordinance 85 of 2014 art. 22: taken within six months. The camera's clock may be wrong, so a person decides. */
function ageFindings({ takenOn, today }: { readonly takenOn: string | undefined; readonly today: LocalDate }): PhotoFinding[] {
  if (takenOn === undefined || takenOn >= addMonths(today, -LIMITS.months)) return [];
  const taken = toLocalDate(takenOn);
  const months = (Number(today.slice(0, 4)) - Number(taken.slice(0, 4))) * 12 + Number(today.slice(5, 7)) - Number(taken.slice(5, 7));
  return [{ code: 'P10', measure: 'months', severity: 'MANUAL', value: months, limit: LIMITS.months }];
}

function when(found: boolean, finding: Omit<PhotoFinding, 'severity'>): PhotoFinding[] {
  return found ? [{ ...finding, severity: 'ASSIST', value: Math.round(finding.value * 1_000) / 1_000 }] : [];
}
