/** Who acted, as it is kept: the person whom the institution asserts, and its client; `@client` where it asserts none. */
export function officerName(person: string | undefined, client: string): string {
  return `${person ?? ''}@${client}`;
}

/**
 * Whether what needs two officers was done by one. Where one of them is not named, the client decides, or a person could act once
 * with their name and once without.
 */
export function isSameOfficer(one: string, other: string): boolean {
  const [first, second] = [partsOf(one), partsOf(other)];
  return first.person !== '' && second.person !== '' ? first.person === second.person : first.client === second.client;
}

function partsOf(officer: string): { readonly person: string; readonly client: string } {
  const at = officer.lastIndexOf('@');
  return at < 0 ? { person: officer, client: '' } : { person: officer.slice(0, at), client: officer.slice(at + 1) };
}
