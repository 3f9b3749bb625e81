import { route, type ContextParts, type Platform } from '#platform';
import { AppendUses } from './append-uses.js';
import { SealUses, sealUsesHourly } from './seal-uses.js';
import { UseChainStore } from './use-chain.store.js';
import { UseLogStore } from './use-log.store.js';
import { VerifyUses } from './verify-uses.js';

/** Uses of identity information that other contexts provide, and the chain over all uses (JUKI-3.9). */
export function useLogParts({ cipher }: Platform): Partial<ContextParts> {
  const chain = new UseChainStore();
  return {
    http: [route('GET', '/use-record-verification', new VerifyUses(chain))],
    grpc: { 'UseLog.Append': new AppendUses(new UseLogStore(cipher)) },
    jobs: [new SealUses(chain)],
    schedules: [sealUsesHourly(chain)],
  };
}
