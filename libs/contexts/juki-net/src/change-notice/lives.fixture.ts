import fc from 'fast-check';
import { addDays, localDateOf, type LocalDate } from '#kernel';

/** A step of a life; one that cannot happen where the person stands does not happen. */
export const STEPS = [
  'WITHIN', 'NAME', 'MINOR', 'MOVE', 'LEAVE', 'ARRIVE', 'ABROAD', 'RETURN', 'STRUCK_OFF', 'FOUND', 'RESTORED', 'DEATH', 'CODE', 'PLAN', 'MISTAKEN_ENTRY', 'ENTRY_OF_THE_DEAD', 'GHOST_CANCELLED', 'TIE', 'TIE_CANCELLED', 'LEAVE_AS_PLANNED', 'COME_BACK',
] as const;
export interface Step {
  readonly what: (typeof STEPS)[number];
  readonly days: number;
  /** The municipality that it leads to, among the others. */
  readonly to: number;
}

/** What a municipality has to tell of it (JUKI-4.3), in its own sequence. */
export interface TrueNotice {
  readonly municipality: string;
  readonly personSeq: number;
  readonly reason: string;
  readonly date: LocalDate;
  readonly previous: string;
  readonly name: string;
  readonly address: string;
  /** How many changes of the person's code came before. */
  readonly codes: number;
}

export interface TrueStay {
  readonly municipality: string;
  readonly stay: number;
  state: 'LIVE' | 'OUT_PLANNED' | 'CLOSED_MOVED' | 'CLOSED_ABROAD' | 'CLOSED_EX_OFFICIO' | 'CLOSED_DEAD' | 'CLOSED_ERROR';
  readonly entryReason: string;
  readonly entryDate: LocalDate;
  closedReason: string | null;
  closedDate: LocalDate | null;
  name: string;
  address: string;
  quarantined: boolean;
}

/** A notified move-out (転出届): which code the person had, from where it leads where, and for which day. */
export interface TruePointer {
  readonly municipality: string;
  readonly to: string;
  readonly plannedOn: LocalDate;
}

type Where = 'HOME' | 'PLANNED' | 'TRANSIT' | 'AWAY' | 'STRUCK_OFF' | 'DEAD' | 'TIED' | 'SETTLED';
const STATUS = { HOME: 'RESIDENT', PLANNED: 'RESIDENT', TRANSIT: 'IN_TRANSIT', AWAY: 'ABROAD', STRUCK_OFF: 'DELETED', DEAD: 'DECEASED', TIED: 'RESIDENT', SETTLED: 'RESIDENT' } as const;
/** After the present of the test, and not too far: what comes later is told later. */
export const PLANNED_DAY = localDateOf(2016, 2, 20);
/** After all other days, and near enough to the present for a move-out to be notified still. */
const TIE_DAY = localDateOf(2016, 1, 15);
/** So long two live records stand before they are a conflict (JUKI-3.2). */
const TIE_DAYS = 31;

/** A life as it was: told step by step by the municipalities, and what the register must say of it in the end, found without its rules. */
export class Life {
  readonly notices: TrueNotice[] = [];
  readonly stays: TrueStay[] = [];
  /** What the migration report counts, one a municipality's notice (JUKI-4.10): table, to, from, reason, month, sign. */
  readonly moves: string[] = [];
  where: Where = 'HOME';
  /** The latest change of the present record, by its date; what was entered by mistake elsewhere leaves it. */
  changed: { reason: string; date: LocalDate } | undefined;
  /** The move-out notification that decides between two entries of one day (JUKI-4.5.2). */
  pointer: TruePointer | undefined;
  codes = 0;
  private day = localDateOf(2015, 10, 5);
  private here: TrueStay;
  private name = '見本　太郎';

  /** With `isAfter` the life goes on after the planned day. */
  constructor(private readonly municipalities: readonly string[], steps: readonly Step[], private readonly isAfter = false) {
    this.here = this.enter(municipalities[0] ?? '', '14', '');
    for (const step of steps) this.take(step);
  }

  /** Whether the person left as planned: the rest of the life is not told yet. */
  hasLeft = false;

  get status(): (typeof STATUS)[Where] {
    return STATUS[this.where];
  }

  /** What holds from a later day on without further news. */
  get next(): { status: string; on: LocalDate } | undefined {
    if (this.where === 'TIED') return { status: 'CONFLICT', on: addDays(TIE_DAY, TIE_DAYS) };
    return this.where === 'PLANNED' ? { status: 'IN_TRANSIT', on: PLANNED_DAY } : undefined;
  }

  get place(): { municipality: string; stay: number } {
    return { municipality: this.here.municipality, stay: this.here.stay };
  }

  private take({ what, days, to }: Step): void {
    const ghost = this.stays.find((stay) => stay.quarantined);
    const may: Record<Step['what'], boolean> = {
      WITHIN: this.where === 'HOME', NAME: this.where === 'HOME', MINOR: this.where === 'HOME', CODE: this.where === 'HOME', PLAN: this.where === 'HOME' && !this.hasLeft, MISTAKEN_ENTRY: this.where === 'HOME',
      MOVE: this.where === 'HOME', LEAVE: this.where === 'HOME', ABROAD: this.where === 'HOME', STRUCK_OFF: this.where === 'HOME', DEATH: this.where === 'HOME' || this.where === 'PLANNED',
      ARRIVE: this.where === 'TRANSIT', RETURN: this.where === 'AWAY', FOUND: this.where === 'STRUCK_OFF', RESTORED: !['HOME', 'TIED', 'SETTLED'].includes(this.where) && ghost === undefined,
      ENTRY_OF_THE_DEAD: this.where === 'DEAD' && ghost === undefined, GHOST_CANCELLED: ghost !== undefined, TIE: this.where === 'HOME' && this.municipalities.length > 2 && !this.hasLeft, TIE_CANCELLED: this.where === 'TIED',
      LEAVE_AS_PLANNED: this.where === 'PLANNED', COME_BACK: this.where === 'TRANSIT',
    };
    if (!may[what] || (this.hasLeft && !this.isAfter)) return;
    if (what === 'LEAVE_AS_PLANNED') return this.leave();
    this.day = addDays(this.day, days);
    const others = this.municipalities.filter((municipality) => municipality !== this.here.municipality);
    this.happen(what, others[to % others.length] ?? '', ghost);
  }

  private happen(what: Step['what'], to: string, ghost: TrueStay | undefined): void {
    const { here } = this;
    switch (what) {
      case 'WITHIN': return this.alter('30', () => (here.address = `${here.municipality}の${this.notices.length}番地`));
      case 'NAME': return this.alter('31', () => (here.name = this.name = `見本　${this.notices.length}太郎`));
      case 'MINOR': return this.alter('34', () => (here.address = `${here.address}号`));
      case 'CODE':
        this.tell('40', here);
        this.codes += 1;
        return;
      case 'MOVE':
        this.close('21', 'CLOSED_MOVED', 'TRANSIT');
        return this.settle(to, '11');
      case 'LEAVE': return this.close('21', 'CLOSED_MOVED', 'TRANSIT');
      case 'ARRIVE': return this.settle(to, '11');
      case 'COME_BACK': return this.settle(here.municipality, '11');
      case 'LEAVE_AS_PLANNED': return;
      case 'ABROAD':
        this.moves.push(`ABROAD,${here.municipality},,22,${this.day.slice(0, 7)},1`);
        return this.close('22', 'CLOSED_ABROAD', 'AWAY');
      case 'RETURN': return this.settle(to, '12');
      case 'STRUCK_OFF': return this.close('23', 'CLOSED_EX_OFFICIO', 'STRUCK_OFF');
      case 'FOUND': return this.settle(to, '14');
      case 'DEATH': return this.close('20', 'CLOSED_DEAD', 'DEAD');
      case 'PLAN': return this.close('21', 'OUT_PLANNED', 'PLANNED', PLANNED_DAY);
      case 'RESTORED':
        Object.assign(here, { state: 'LIVE', closedReason: null, closedDate: null });
        this.where = 'HOME';
        return this.tell('15', here);
      case 'MISTAKEN_ENTRY':
        this.mistake(() => this.cancel(this.enter(to, '14', here.municipality)));
        return this.sleep();
      case 'TIE': return this.tie(to);
      case 'TIE_CANCELLED':
        this.day = TIE_DAY;
        this.where = 'SETTLED';
        return this.mistake(() => this.cancel(this.stays.find((stay) => stay.entryDate === TIE_DAY && stay !== here), this.pointer?.municipality));
      case 'ENTRY_OF_THE_DEAD':
        this.sleep();
        this.enter(to, '11', here.municipality).quarantined = true;
        this.moves.pop();
        return;
      case 'GHOST_CANCELLED': return this.cancel(ghost);
    }
  }

  /** What two municipalities tell of one day has no order. */
  private sleep(): void {
    this.day = addDays(this.day, 1);
  }

  private alter(reason: string, change: () => void): void {
    change();
    this.tell(reason, this.here);
  }

  private close(reason: string, state: TrueStay['state'], where: Where, closedDate = this.day): void {
    Object.assign(this.here, { state, closedReason: reason, closedDate });
    this.where = where;
    this.tell(reason, this.here, '', closedDate);
  }

  /** Nothing is told of it: the day closes the record. */
  private leave(): void {
    this.hasLeft = true;
    if (!this.isAfter) return;
    Object.assign(this.here, { state: 'CLOSED_MOVED' });
    this.day = PLANNED_DAY;
    this.where = 'TRANSIT';
  }

  private settle(to: string, reason: string): void {
    // Two entries of one day are told apart by whom they name, which says nothing of a third.
    if (this.stays.length > 1) this.sleep();
    this.here = this.enter(to, reason, reason === '12' || to === this.here.municipality ? '' : this.here.municipality);
    this.where = 'HOME';
    this.sleep();
  }

  private enter(municipality: string, reason: string, previous: string): TrueStay {
    const stay = 1 + this.stays.filter((other) => other.municipality === municipality).length;
    const entered: TrueStay = {
      municipality, stay, state: 'LIVE', entryReason: reason, entryDate: this.day, closedReason: null, closedDate: null, name: this.name, address: `${municipality}の1番地`, quarantined: false,
    };
    this.stays.push(entered);
    if (previous !== '' || reason === '12') this.moves.push(this.counted(entered, previous, 1));
    this.tell(reason, entered, previous);
    return entered;
  }

  /** Two municipalities enter the person on the day of the move; the former one had been told of one of them. */
  private tie(to: string): void {
    const { here: { municipality } } = this;
    const third = this.municipalities.find((other) => other !== municipality && other !== to) ?? '';
    this.day = TIE_DAY;
    this.pointer = { municipality, to, plannedOn: TIE_DAY };
    this.close('21', 'CLOSED_MOVED', 'TRANSIT');
    this.here = this.enter(to, '11', municipality);
    this.where = 'TIED';
    this.mistake(() => this.enter(third, '11', municipality));
  }

  /** What is told of a record that is not the person's. */
  private mistake(tell: () => unknown): void {
    const { changed } = this;
    tell();
    this.changed = changed;
  }

  /** Entered by mistake: what was counted is taken back; an entry of the dead never was. */
  private cancel(stay: TrueStay | undefined, previous = this.here.municipality): void {
    if (stay === undefined) return;
    this.sleep();
    if (!stay.quarantined) this.moves.push(this.counted(stay, previous, -1));
    Object.assign(stay, { state: 'CLOSED_ERROR', closedReason: '26', closedDate: this.day, quarantined: false });
    this.tell('26', stay);
  }

  private counted({ municipality, entryReason, entryDate }: TrueStay, previous: string, sign: 1 | -1): string {
    return [entryReason === '12' ? 'ABROAD' : 'DOMESTIC', municipality, previous, entryReason, entryDate.slice(0, 7), sign].join(',');
  }

  private tell(reason: string, stay: TrueStay, previous = '', date = this.day): void {
    const personSeq = 1 + this.notices.filter(({ municipality }) => municipality === stay.municipality).length;
    this.notices.push({ municipality: stay.municipality, personSeq, reason, date, previous, name: stay.name, address: stay.address, codes: this.codes });
    if (this.where !== 'DEAD' || reason === '20') this.changed = { reason, date };
  }
}

/** How one notice travels: in which slot it first arrives, whether once more, and its place in the slot. */
export interface Journey {
  readonly slot: number;
  readonly again: number | undefined;
  readonly place: number;
  /** First sent with the former code, by an oversight, where the code had changed (V6). */
  readonly stale: boolean;
}

export interface World {
  readonly municipalities: readonly string[];
  readonly lives: readonly (readonly Step[])[];
  readonly journeys: readonly Journey[];
  /** Whether the deliveries of a slot come as files. */
  readonly files: readonly boolean[];
  /** Whether move-outs are notified when all else was told: the record is deleted by then, and the case may have ended. */
  readonly isLate: boolean;
}

export const SLOTS = 5;
const slot = fc.nat({ max: SLOTS - 1 });

/** Two or three municipalities, one to four persons, and the ways of what is told of them. */
export const worlds: fc.Arbitrary<World> = fc.record({
  municipalities: fc.constantFrom(['990019', '990027'], ['990019', '990027', '131016'], ['131016', '990027', '990019']),
  lives: fc.array(fc.array(fc.record({ what: fc.constantFrom(...STEPS), days: fc.nat({ max: 6 }), to: fc.nat({ max: 1 }) }), { minLength: 2, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
  journeys: fc.array(fc.record({ slot, again: fc.option(slot, { freq: 3, nil: undefined }), place: fc.nat({ max: 99 }), stale: fc.boolean() }), { minLength: 24, maxLength: 24 }),
  files: fc.array(fc.boolean(), { minLength: SLOTS, maxLength: SLOTS }),
  isLate: fc.boolean(),
});
