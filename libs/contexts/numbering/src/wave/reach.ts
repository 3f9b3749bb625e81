import type { Ctx } from '#platform';

/** What the codes of the municipalities begin with that the caller may see: its own code, its prefecture's number, or nothing for the nation. */
export function codePrefix({ actor, permission }: Pick<Ctx, 'actor' | 'permission'>): string {
  switch (permission.scope) {
    case 'own':
      return actor.organisation;
    case 'area':
      return actor.organisation.slice(0, 2);
    case 'nation':
      return '';
  }
}
