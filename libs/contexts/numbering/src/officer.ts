import type { Ctx } from '#platform';

/** The person at the institution, or the client itself where none is asserted: what one decides alone needs another. */
export function officerOf(ctx: Ctx): string {
  return ctx.actor.operator ?? ctx.actor.clientId;
}
