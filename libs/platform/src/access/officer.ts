import { officerName } from '#kernel';
import type { Ctx } from '../ctx.js';

/** The person at the institution and its client, for what one may not decide alone (`isSameOfficer`). */
export function officerOf(ctx: Ctx): string {
  return officerName(ctx.actor.operator, ctx.actor.clientId);
}
