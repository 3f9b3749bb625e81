import { expect, it } from 'vitest';
import { alertOf, NOBODY } from './officer-alert.js';

it.each([
  [0, 3, 'p', undefined], [0, 4, 'p', 'SAME_PERSON'], [0, 5, 'p', undefined], [0, 4, NOBODY, undefined], [58, 0, 'p', undefined], [59, 0, 'p', 'VOLUME_OFFICER'], [59, 0, NOBODY, 'VOLUME_OFFICER'], [60, 0, 'p', undefined],
])('NUM-7 after %i questions in the hour and %i for the same person, %s: %s', (asked, samePerson, person, alert) => {
  expect(alertOf({ asked, samePerson }, person)).toBe(alert);
});
