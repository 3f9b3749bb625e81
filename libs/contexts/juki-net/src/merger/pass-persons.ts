import { uuidv7, type Ctx } from '#platform';
import type { NoticeRecord } from '../change-notice/change-notice.store.js';
import type { Register } from '../change-notice/register.js';
import { countDecided } from '../notice-file/held-row.store.js';
import { copyToPrefecture } from '../prefecture/prefecture-record.store.js';
import { enterForNotices } from '../prefecture/server.store.js';
import { emitResidentEvent } from '../resident/resident-event.js';
import { segmentKey, type ChangedPerson, type StoredPerson } from '../resident/resident.store.js';
import type { MunicipalityChange } from './municipality-change.js';
import { passPerson, type PassedPerson } from './pass-person.js';
import type { Lineage, PassingStore } from './passing.store.js';

/** A person on the way, with the numbers of the notices under the new code: `seqOffset` is added to those of the former one. */
interface OnTheWay {
  readonly stored: StoredPerson;
  readonly passed: PassedPerson;
  readonly seqOffset: number;
  /** Number of the minor correction: what follows the last number that took effect. */
  readonly nextSeq: number;
}

/** Passes a chunk of persons to the new code: rules in memory, one statement a table, as an intake of notices does (JUKI-4.5). */
export class PassPersons {
  constructor(private readonly register: Register, private readonly store: PassingStore) {}

  /** How many records were corrected. A person whom the change does not concern, or no longer, is left alone. */
  async pass(ctx: Ctx, change: MunicipalityChange, personKeys: readonly string[]): Promise<number> {
    const { newCode } = change;
    await enterForNotices(ctx.db, newCode);
    const persons = await this.register.residents.lockPersons(ctx, personKeys);
    const lineages = await this.lineagesOf(ctx, change, personKeys);
    const moving = [...persons.values()].flatMap((stored): OnTheWay[] => {
      const passed = passPerson(stored.resident, change, ctx.now);
      return passed === undefined ? [] : [{ stored, passed, ...numbersOf(passed, lineages.get(stored.personKey) ?? [], newCode) }];
    });
    if (moving.length === 0) return 0;
    const rekeyed = moving.flatMap(({ stored: { personKey }, passed: { passing }, seqOffset }) => (passing === undefined ? [] : [{ personKey, ...passing, seqOffset }]));
    await this.store.rekey(ctx.db, newCode, rekeyed);
    const changed = moving.map((person) => changedPerson(person, change));
    await this.register.residents.write(ctx.db, changed);
    await copyToPrefecture(ctx.db, newCode, changed);
    const joined = moving.filter(({ passed }) => passed.joined > 0 || passed.isStaying).map(({ stored }) => stored.personKey);
    if (joined.length > 0) await this.store.copyClosures(ctx.db, newCode, joined);
    const corrected = moving.filter(({ passed }) => passed.correction !== undefined);
    await this.store.makeRoom(ctx.db, newCode, corrected.map(({ stored: { personKey }, nextSeq }) => ({ personKey, personSeq: nextSeq })));
    await this.register.notices.add(ctx.db, corrected.map((person) => this.noticeOf(ctx, person, change)));
    for (const { stored, passed } of corrected) if (passed.correction?.event !== undefined) emitResidentEvent(ctx, stored.personKey, passed.correction.event);
    await this.settleHeld(ctx, newCode, moving);
    const subjects = moving.map(({ stored }) => stored.personKey);
    ctx.audit({ object: `municipality-change:${change.changeId}`, subjects, facts: { corrected: corrected.length, joined: joined.length } });
    return corrected.length;
  }

  private async lineagesOf(ctx: Ctx, { former, newCode }: MunicipalityChange, personKeys: readonly string[]): Promise<Map<string, Lineage[]>> {
    const codes = [...new Set([...former.map(({ code }) => code), newCode])];
    const byPerson = new Map<string, Lineage[]>();
    for (const lineage of await this.store.lineages(ctx.db, codes, personKeys)) byPerson.set(lineage.personKey, [...(byPerson.get(lineage.personKey) ?? []), lineage]);
    return byPerson;
  }

  /** What waited under the old code is rejected; what the new municipality sent too early is decided now. */
  private async settleHeld(ctx: Ctx, newCode: string, moving: readonly OnTheWay[]): Promise<void> {
    const held = moving.flatMap(({ stored: { personKey }, passed: { passing, correction }, nextSeq }) => [
      { code: newCode, personKey, below: nextSeq - (correction === undefined ? 1 : 0) },
      ...(passing === undefined ? [] : [{ code: passing.from, personKey, below: LAST_SEQ }]),
    ]);
    await countDecided(ctx.db, await this.store.rejectHeld(ctx.db, held));
    const waiting = await this.store.waiting(ctx.db, newCode, moving.map(({ stored }) => stored.personKey));
    for (const personKey of waiting) await this.register.intake.takeInHeld(ctx, newCode, personKey);
  }

  /** The notice that the new municipality need not send: it has no place in that one's own order of notices. */
  private noticeOf(ctx: Ctx, { stored, nextSeq }: OnTheWay, { changeId, newCode, effectiveOn }: MunicipalityChange): NoticeRecord {
    return {
      noticeId: uuidv7(), municipalityCode: newCode, personKey: stored.personKey, personSeq: nextSeq, municipalSeq: 0, contentIndex: this.register.notices.contentIndex(`municipality-change/${changeId}`),
      changeReason: '34', changeDate: effectiveOn, state: 'APPLIED', receivedAt: ctx.now.toISOString(),
    };
  }
}

/** The largest number that a notice can have. */
const LAST_SEQ = 999_999_999;

/**
 * The numbers go on where the former municipality stopped, unless the new one has notified of the person before: then after all of
 * its own, and after what it sent too early with a number that is taken now.
 */
function numbersOf({ passing, correction }: PassedPerson, lineages: readonly Lineage[], newCode: string): Pick<OnTheWay, 'seqOffset' | 'nextSeq'> {
  const own = lineages.find(({ code }) => code === newCode);
  const last = lineages.find(({ code }) => code === (passing?.from ?? newCode))?.last ?? 0;
  const taken = last + (correction === undefined ? 0 : 1);
  const seqOffset = passing !== undefined && own !== undefined && (own.last > 0 || own.low <= taken) ? own.top : 0;
  return { seqOffset, nextSeq: last + seqOffset + 1 };
}

function changedPerson({ stored, passed, nextSeq }: OnTheWay, { newCode, effectiveOn }: MunicipalityChange): ChangedPerson {
  const { passing, correction } = passed;
  const toNewKey = (key: string): string => {
    const [code = '', stay] = key.split('/');
    return code === passing?.from ? segmentKey({ municipalityCode: newCode, stay: Number(stay) + passing.stayOffset }) : key;
  };
  const before = { ...stored, resident: passed.moved, quarantined: new Set([...stored.quarantined].map(toNewKey)) };
  const stay = correction?.segment.stay ?? 0;
  return {
    // Of a person on record the code is not written.
    personKey: stored.personKey, residentCode: '', resident: passed.after, standing: passed.standing, stored: before,
    notified: correction === undefined ? [] : [{ stay, personSeq: nextSeq, changeReason: '34', changeDate: effectiveOn }],
    formerAddresses: correction?.formerAddress === undefined ? [] : [{ municipalityCode: newCode, stay, personSeq: nextSeq, address: correction.formerAddress }],
  };
}
