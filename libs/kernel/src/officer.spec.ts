import { describe, expect, it } from 'vitest';
import { isSameOfficer, officerName } from './officer.js';

describe('two officers', () => {
  it.each([
    ['two persons at one client', ['a', 'operator-1'], ['b', 'operator-1'], false],
    ['one person at two clients', ['a', 'operator-1'], ['a', 'operator-2'], true],
    ['one client that names nobody', [undefined, 'operator-1'], [undefined, 'operator-1'], true],
    ['two clients that name nobody', [undefined, 'operator-1'], [undefined, 'operator-2'], false],
    ['once with a name and once without', ['a', 'operator-1'], [undefined, 'operator-1'], true],
    ['a name that looks like a client', ['@operator-2', 'operator-1'], [undefined, 'operator-2'], false],
  ] as const)('%s', (_case, [person, client], [otherPerson, otherClient], same) => {
    const [one, other] = [officerName(person, client), officerName(otherPerson, otherClient)];
    expect(isSameOfficer(one, other)).toBe(same);
    expect(isSameOfficer(other, one)).toBe(same);
  });
});
