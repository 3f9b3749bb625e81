import {
  residentChanged, residentCodeChanged, residentDied, residentEntered, residentMinorCorrection, residentMovedIn, residentMovedOut, residentRecordDeleted,
} from '#contracts/juki-net';
import { onEvent, type CloudEvent, type Subscription } from '#platform';
import type { NoticeKind } from '../resident-change/resident-change.js';
import type { NewNotice } from '../resident-change/resident-change.store.js';
import type { ResidentChanges } from '../resident-change/resident-changes.js';

const KINDS = {
  entered: residentEntered,
  'moved-in': residentMovedIn,
  'moved-out': residentMovedOut,
  died: residentDied,
  'record-deleted': residentRecordDeleted,
  changed: residentChanged,
  'minor-correction': residentMinorCorrection,
  'code-changed': residentCodeChanged,
} as const;
const kinds = Object.keys(KINDS) as NoticeKind[];

function noticeOf(kind: NoticeKind, data: unknown): NewNotice {
  return { ...KINDS[kind].data.parse(data), kind };
}

/** The register's family of resident events, each a notice of one version of a person's facts (JPKI 3.6). */
export function onResidentEvents(residents: ResidentChanges): Subscription {
  return {
    name: 'residents',
    from: 'juki-net',
    filter: 'kiban.juki-net.resident.>',
    together: async (ctx, events) => {
      const told = events.flatMap((event) => {
        const kind = kindOf(event);
        return kind === undefined ? [] : [{ event, notice: noticeOf(kind, event.data) }];
      });
      const followed = await residents.keepUnfollowed(ctx, told.map(({ notice }) => notice));
      return told.filter(({ notice }) => followed.has(notice.personKey)).map(({ event }) => event);
    },
    handlers: kinds.map((kind) => onEvent(KINDS[kind], (ctx, { data }) => residents.receive(ctx, noticeOf(kind, data)))),
  };
}

function kindOf({ type }: CloudEvent): NoticeKind | undefined {
  return kinds.find((kind) => KINDS[kind].type === type);
}
