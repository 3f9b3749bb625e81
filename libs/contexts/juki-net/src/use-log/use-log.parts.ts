import type { ContextParts, Platform } from '#platform';
import { AppendUses } from './append-uses.js';
import { UseLogStore } from './use-log.store.js';

/** Uses of identity information that other contexts provide (JUKI-3.9). */
export function useLogParts({ cipher }: Platform): Partial<ContextParts> {
  return { grpc: { 'UseLog.Append': new AppendUses(new UseLogStore(cipher)) } };
}
