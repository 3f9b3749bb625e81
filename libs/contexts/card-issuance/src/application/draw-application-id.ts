import { randomInt } from 'node:crypto';
import { applicationIdOf } from './application-id.js';

const RANDOM_SPACE = 10 ** 12;

/** A new application ID; uniqueness is held by the table of forms. */
export function drawApplicationId(municipalityCode: string, printSequence: number): string {
  return applicationIdOf(municipalityCode, randomInt(RANDOM_SPACE), printSequence);
}
