import { jukiNetProblems } from '#contracts/juki-net';
import { officerOf, type Ctx } from '#platform';

/** Two officers cannot be told apart without their names. Refuses OPERATOR_NOT_ASSERTED. */
export function namedOfficer(ctx: Ctx): string {
  if (ctx.actor.operator === undefined) throw jukiNetProblems.refuse('OPERATOR_NOT_ASSERTED');
  return officerOf(ctx);
}
