import { jpkiCaProblems } from '#contracts/jpki-ca';
import type { Ctx } from '#platform';

/** Officers cannot be told apart without their names. */
export function namedOfficer(ctx: Ctx): string {
  if (ctx.actor.operator === undefined) throw jpkiCaProblems.refuse('OPERATOR_NOT_ASSERTED');
  return ctx.actor.operator;
}
