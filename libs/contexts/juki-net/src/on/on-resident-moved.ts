import { residentEntered, residentMovedIn, residentMovedOut, type ResidentFact } from '#contracts/juki-net';
import { localDateInJapan, toLocalDate } from '#kernel';
import { uuidv7, type CloudEvent, type SetHandler, type Subscription } from '#platform';
import { followPassed } from '../merger/join-transfer.js';
import { codeOn } from '../merger/municipality-change.js';
import { MunicipalityChangeStore } from '../merger/municipality-change.store.js';
import { keepTransfers, type TransferChange } from '../transfer/keep-transfers.js';
import type { RegisterNews } from '../transfer/register-news.js';
import type { Transfer } from '../transfer/transfer.js';
import type { TransferStore } from '../transfer/transfer.store.js';

/** The register's own news move the cases of moves, in whatever order they come (JUKI-3.4, 4.5); each of a group finds the cases as those before it left them. */
export function onResidentMoved(transfers: TransferStore): SetHandler {
  const municipalities = new MunicipalityChangeStore();
  return {
    subjects: [residentMovedOut, residentMovedIn, residentEntered].map(({ subject }) => subject),
    handle: async (calls) => {
      const told = calls.flatMap(({ ctx, event }) => newsOf(event).map((news) => ({ ctx, news })));
      const [first] = told;
      if (first === undefined) return;
      const { db, now } = first.ctx;
      const cases = new Map<string, Transfer[]>();
      for (const known of await transfers.lockPersons(db, told.map(({ news }) => news.personKey))) cases.set(known.personKey, [...(cases.get(known.personKey) ?? []), known]);
      const successions = await municipalities.successions(db);
      const present = (code: string): string => codeOn(successions, code, localDateInJapan(now));
      const changes: TransferChange[] = [];
      for (const { ctx, news } of told) {
        const { personKey, kind, version: factVersion } = news;
        const own = cases.get(personKey) ?? [];
        const after = followPassed(own, news, uuidv7(), { present, now });
        if (after === undefined) continue;
        const before = own.find(({ transferId }) => transferId === after.transferId);
        changes.push({ before, after, ctx });
        cases.set(personKey, before === undefined ? [after, ...own] : own.map((known) => (known === before ? after : known)));
        ctx.audit({ object: `transfer:${after.transferId}`, subjects: [personKey], facts: { news: kind, factVersion } });
      }
      await keepTransfers(first.ctx, transfers, changes);
    },
  };
}

/** What an event says about moves; nothing of most entries. */
function newsOf({ type, data, time }: CloudEvent): RegisterNews[] {
  const news = ({ personKey, municipalityCode, factVersion: version, factDate }: ResidentFact, told: Pick<RegisterNews, 'kind' | 'previous'>): RegisterNews[] =>
    [{ ...told, personKey, municipalityCode, version, on: toLocalDate(factDate), at: new Date(time) }];
  if (type === residentMovedOut.type) {
    const fact = residentMovedOut.data.parse(data);
    return news(fact, { kind: fact.abroad ? 'CANCELLED' : 'MOVED_OUT' });
  }
  if (type === residentMovedIn.type) {
    const fact = residentMovedIn.data.parse(data);
    return news(fact, { kind: 'MOVED_IN', previous: fact.previousMunicipalityCode });
  }
  const fact = residentEntered.data.parse(data);
  const kind = kindOfEntry(fact);
  return kind === undefined ? [] : news(fact, { kind });
}

/** An entry of unknown origin (13) or ex officio (14) of a person on record stands for a move-in; a restoration (15) undoes a move-out. */
function kindOfEntry({ reason, factVersion }: ResidentFact): RegisterNews['kind'] | undefined {
  if (reason === '15') return 'CANCELLED';
  return (reason === '13' || reason === '14') && factVersion > 1 ? 'MOVED_IN' : undefined;
}

/** Entries that are no move leave no trace here. */
export const leaveOutOtherEntries: NonNullable<Subscription['together']> = (_ctx, events) => Promise.resolve(events.filter((event) => event.type !== residentEntered.type || newsOf(event).length > 0));
