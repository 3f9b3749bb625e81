import { join } from 'node:path';
import type { ClockGuard } from '#kernel';
import { FileKeyStore } from '#pki';
import { deriveKey, route, type ContextParts, type Platform, type TimeServers } from '#platform';
import type { Authorities } from '../ca/authorities.js';
import type { CaStore } from '../ca/ca.store.js';
import { AnswerTimestamp } from './answer-timestamp.js';
import { clockWatch } from './clock-watch.js';
import { SealingKeys, sealingKeySchedule } from './sealing-keys.js';
import { TimestampAuthority } from './timestamp-authority.js';
import { TIMESTAMP_POLICY } from './timestamp.js';

/** What seals records. */
export interface Sealing {
  readonly guard: ClockGuard;
  readonly keys: SealingKeys;
  readonly timeServers: TimeServers;
  readonly timestamps: TimestampAuthority;
}

export function sealingOf({ clock, config, database, masterKey }: Platform, { authorities, cas, guard, timeServers }: { authorities: Authorities; cas: CaStore } & Pick<Sealing, 'guard' | 'timeServers'>): Sealing {
  const files = new FileKeyStore(join(config.keys, 'sealing'), deriveKey(masterKey, 'sealing-kek'));
  const keys = new SealingKeys({ database, clock, keys: files, cas, authorities });
  return { guard, keys, timeServers, timestamps: new TimestampAuthority(TIMESTAMP_POLICY[authorities.profiles.organisation], keys, guard) };
}

/** The time-stamp authority (JPKI 4.3, 4.19) and the watch over the clock (JPKI 7). */
export function timestampParts({ database }: Platform, { guard, keys, timeServers, timestamps }: Sealing): Partial<ContextParts> {
  return {
    http: [route('POST', '/timestamps', new AnswerTimestamp(timestamps), { upload: ['application/timestamp-query'], binary: ['application/timestamp-reply'] })],
    schedules: [sealingKeySchedule(keys), clockWatch(guard, timeServers)],
    prepare: async () => {
      await timestamps.noteLast(database.db);
      await keys.prepare();
    },
  };
}
