import { trainingProblems } from '#contracts/training';
import type { Ctx } from '#platform';

export const VERSION_HEADER = 'x-experience-api-version';

/** On every answer (xAPI 1.0.3 part 3, 3.3). */
export const VERSION = { [VERSION_HEADER]: '1.0.3' } as const;

/** Refuses XAPI_VERSION: callers say that they speak 1.0.x (xAPI 1.0.3 part 3, 3.3). */
export function requireVersion(ctx: Ctx): void {
  if (!/^1\.0(?:\.\d+)?$/.test(ctx.headers[VERSION_HEADER] ?? '')) throw trainingProblems.refuse('XAPI_VERSION');
}
