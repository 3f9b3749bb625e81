import { platformProblems, type Ctx } from '#platform';

/** Refuses NOT_FOUND unless the body is the caller's own, or the caller is the agency: of others nothing is told (TRN-7). A prefecture is named by its number. */
export function requireOwnBody(ctx: Ctx, bodyCode: string): void {
  const { organisation } = ctx.actor;
  const isOwn = organisation === bodyCode || (organisation.length === 2 && bodyCode.startsWith(`${organisation}000`));
  if (ctx.permission.scope !== 'nation' && !isOwn) throw platformProblems.refuse('NOT_FOUND');
}
