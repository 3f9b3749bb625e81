import { DiscardPolicy, JetStreamApiCodes, JetStreamApiError, RetentionPolicy, StorageType, jetstream } from '@nats-io/jetstream';
import { platformProblems } from '../problem/problems.js';
import { log } from '../telemetry/log.js';
import { retry, type Streams } from './stream.js';

const STREAM = 'KIBAN_MARKS';
const PREFIX = 'kiban-mark';
const OVERTAKEN = [JetStreamApiCodes.StreamWrongLastSequence, JetStreamApiCodes.StreamWrongLastSequenceUnknown] as const;

/** A value as it was read; only who has seen the latest revision may replace it. */
export interface Mark {
  readonly text: string;
  readonly revision: number;
}

/** Small values kept beside the database, so that a restored database can tell that it is behind. Neither personal data nor anything derived from it. */
export interface Marks {
  /** Makes the place where they are kept, if it is missing. */
  prepare(): Promise<void>;
  /** Refuses UNAVAILABLE while the stream is away. */
  read(name: string): Promise<Mark | undefined>;
  /** False when somebody else was faster. Refuses UNAVAILABLE while the stream is away. */
  replace(name: string, text: string, seen: Mark | undefined): Promise<boolean>;
}

/** Marks as the last message of their subject. */
export function streamMarks({ connection, manager }: Streams, replicas: number): Marks {
  return {
    prepare: async () => {
      const wanted = { name: STREAM, subjects: [`${PREFIX}.>`], retention: RetentionPolicy.Limits, storage: StorageType.File, discard: DiscardPolicy.Old, max_msgs_per_subject: 1, num_replicas: replicas };
      await retry('stream of marks', () => manager.streams.info(STREAM).catch(() => manager.streams.add(wanted)));
    },
    read: async (name) => {
      const message = await manager.streams.getMessage(STREAM, { last_by_subj: `${PREFIX}.${name}` }).catch(refuseAway);
      return message === null ? undefined : { text: message.string(), revision: message.seq };
    },
    replace: async (name, text, seen) => {
      try {
        await jetstream(connection).publish(`${PREFIX}.${name}`, text, { expect: { lastSubjectSequence: seen?.revision ?? 0 } });
        return true;
      } catch (error) {
        if (error instanceof JetStreamApiError && OVERTAKEN.some((code) => code === error.code)) return false;
        return refuseAway(error);
      }
    },
  };
}

function refuseAway(error: unknown): never {
  log.warn('marks are out of reach', { error });
  throw platformProblems.refuse('UNAVAILABLE');
}
