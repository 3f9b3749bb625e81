import { residentEntered, residentMovedIn, residentMovedOut, type ResidentFact } from '#contracts/juki-net';
import { localDateInJapan, toLocalDate } from '#kernel';
import { onEvent, uuidv7, type CloudEvent, type Ctx, type EventHandler, type Subscription } from '#platform';
import { followPassed } from '../merger/join-transfer.js';
import { codeOn } from '../merger/municipality-change.js';
import { MunicipalityChangeStore } from '../merger/municipality-change.store.js';
import { keepTransfers } from '../transfer/keep-transfers.js';
import type { RegisterNews } from '../transfer/register-news.js';
import type { TransferStore } from '../transfer/transfer.store.js';

/** The register's own news move the cases of moves, in whatever order they come (JUKI-3.4, 4.5). */
export function onResidentMoved(transfers: TransferStore): EventHandler[] {
  const changes = new MunicipalityChangeStore();
  const tell = async (ctx: Ctx, time: string, fact: ResidentFact, news: Pick<RegisterNews, 'kind' | 'previous'>): Promise<void> => {
    const { personKey, municipalityCode, factVersion: version } = fact;
    const cases = await transfers.lockPerson(ctx.db, personKey);
    const successions = await changes.successions(ctx.db);
    const present = (code: string): string => codeOn(successions, code, localDateInJapan(ctx.now));
    const heard = { ...news, personKey, municipalityCode, version, on: toLocalDate(fact.factDate), at: new Date(time) };
    const after = followPassed(cases, heard, uuidv7(), { present, now: ctx.now });
    if (after === undefined) return;
    const { transferId } = after;
    await keepTransfers(ctx, transfers, [{ before: cases.find((known) => known.transferId === transferId), after }]);
    ctx.audit({ object: `transfer:${transferId}`, subjects: [personKey], facts: { news: news.kind, factVersion: version } });
  };
  return [
    onEvent(residentMovedOut, (ctx, { data, time }) => tell(ctx, time, data, { kind: data.abroad ? 'CANCELLED' : 'MOVED_OUT' })),
    onEvent(residentMovedIn, (ctx, { data, time }) => tell(ctx, time, data, { kind: 'MOVED_IN', previous: data.previousMunicipalityCode })),
    onEvent(residentEntered, async (ctx, { data, time }) => {
      const kind = kindOfEntry(data);
      if (kind !== undefined) await tell(ctx, time, data, { kind });
    }),
  ];
}

/** An entry of unknown origin (13) or ex officio (14) of a person on record stands for a move-in; a restoration (15) undoes a move-out. */
function kindOfEntry({ reason, factVersion }: ResidentFact): RegisterNews['kind'] | undefined {
  if (reason === '15') return 'CANCELLED';
  return (reason === '13' || reason === '14') && factVersion > 1 ? 'MOVED_IN' : undefined;
}

/** Entries that are no move leave no trace here. */
export const leaveOutOtherEntries: NonNullable<Subscription['together']> = (_ctx, events) => Promise.resolve(events.filter((event) => !isOtherEntry(event)));

function isOtherEntry({ type, data }: CloudEvent): boolean {
  return type === residentEntered.type && kindOfEntry(residentEntered.data.parse(data)) === undefined;
}
