import {
  residentChanged, residentCodeChanged, residentDied, residentEntered, residentMinorCorrection, residentMovedIn, residentMovedOut, residentRecordDeleted, type ResidentFact,
} from '#contracts/juki-net';
import type { EventDefinition } from '#kernel';
import { onEvent, type EventHandler, type Subscription } from '#platform';
import type { NoticeKind } from '../resident-change/resident-change.js';
import type { ResidentChanges } from '../resident-change/resident-changes.js';

/** The register's family of resident events, each a notice of one version of a person's facts (JPKI 3.6). */
export function onResidentEvents(residents: ResidentChanges): Subscription {
  const taking = (definition: EventDefinition<ResidentFact>, kind: NoticeKind): EventHandler =>
    onEvent(definition, (ctx, { data }) => residents.receive(ctx, { ...data, kind }));
  return {
    name: 'residents',
    from: 'juki-net',
    filter: 'kiban.juki-net.resident.>',
    handlers: [
      taking(residentEntered, 'entered'),
      taking(residentMovedIn, 'moved-in'),
      onEvent(residentMovedOut, (ctx, { data }) => residents.receive(ctx, { ...data, kind: 'moved-out' })),
      taking(residentDied, 'died'),
      taking(residentRecordDeleted, 'record-deleted'),
      taking(residentChanged, 'changed'),
      taking(residentMinorCorrection, 'minor-correction'),
      taking(residentCodeChanged, 'code-changed'),
    ],
  };
}
