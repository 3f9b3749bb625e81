import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, localDateInJapan, toLocalDate } from '#kernel';
import { firstDayOnTransitList, isOutOfStatistics, lastDayOfAcknowledgement, lastDayOfCardRoute, lastDayOfMoveIn } from './deadline.js';
import { caseOfMoveOut, follow, type RegisterNews } from './register-news.js';
import { dueDateOf, settle, wakeAt } from './timer.js';
import { decideTransfer, isClosed, type Route, stateOn, TRANSFER_STATES, type Transfer, type TransferCommand, type TransferState } from './transfer.js';

const day = toLocalDate;
const NOW = new Date('2016-04-04T01:00:00Z');
const TODAY = localDateInJapan(NOW);
const [A, B, C, P] = ['990019', '990027', '131016', 'a1b2c3d4-0000-4000-8000-000000000001'] as const;

const begun: Transfer = { transferId: 't1', personKey: P, eventSeq: 0, from: A };
const notified = (route: Route, plannedOn = '2016-04-01'): Transfer => ({ ...begun, to: B, route, plannedOn: day(plannedOn) });
const arrival = { on: day('2016-04-03'), version: 3, at: NOW };
const out = { on: day('2016-04-01'), version: 2 };
const CASES: Readonly<Record<TransferState, Transfer>> = {
  OUT_NOTIFIED: { ...begun, to: B, out: { on: day('2016-04-20'), version: 2 } },
  CERTIFICATE_ISSUED: notified('PAPER'),
  CERT_INFO_HELD: notified('CARD'),
  CERT_INFO_REQUESTED: { ...notified('CARD'), certificate: 'REQUESTED' },
  CERT_INFO_SENT: { ...notified('CARD'), certificate: 'SENT' },
  MOVED_IN: { ...notified('PAPER'), moveIn: arrival },
  IN_NOTICE_SENT: { ...notified('PAPER'), moveIn: arrival, noticeOn: TODAY },
  OUT_CLOSED: { ...notified('PAPER'), moveIn: arrival, noticeOn: TODAY, out },
  WITHDRAWN: { ...notified('CARD'), exit: { state: 'WITHDRAWN', at: NOW } },
  EXPIRED: { ...notified('CARD'), exit: { state: 'EXPIRED', at: NOW } },
  UNMATCHED_IN: { ...begun, to: B, moveIn: arrival },
};

function decided(transfer: Transfer, command: TransferCommand, now = NOW): string {
  const decision = decideTransfer(transfer, command, now);
  return 'refusal' in decision ? decision.refusal : stateOn(decision.transfer, localDateInJapan(now));
}

const request = (livingSince: string, isCardChecked = true): TransferCommand => ({ kind: 'REQUEST_CERTIFICATE', livingSince: day(livingSince), isCardChecked });
const notifyOut = (route: Route, plannedOn = '2016-04-01', to: string = B): TransferCommand => ({ kind: 'NOTIFY_OUT', from: A, to, plannedOn: day(plannedOn), route });
const notifyIn: TransferCommand = { kind: 'NOTIFY_IN', livingSince: day('2016-04-03') };

describe('JUKI-4.4 deadlines', () => {
  it.each([
    ['2016-04-01', '2016-04-03', '2016-04-17'],
    ['2016-04-01', '2016-04-25', '2016-05-01'],
    ['2016-04-01', undefined, '2016-05-01'],
  ])('card route planned %s, living since %s: last day %s', (planned, since, last) => {
    expect(lastDayOfCardRoute(day(planned), since === undefined ? undefined : day(since))).toBe(last);
  });

  it('ordinary move-in, transit list, acknowledgement, statistics', () => {
    expect(lastDayOfMoveIn(day('2015-10-05'))).toBe('2015-10-19');
    expect(firstDayOnTransitList(day('2015-10-06'))).toBe('2015-11-06');
    // 2016-04-29 is a holiday, 05-03 to 05-05 are too.
    expect(lastDayOfAcknowledgement(day('2016-04-28'))).toBe('2016-05-09');
    expect(isOutOfStatistics(day('2014-09-30'), day('2015-10-05'))).toBe(true);
    // A leap year has a day more.
    expect(['2016-09-27', '2016-09-28'].map((arrived) => isOutOfStatistics(day('2015-09-28'), day(arrived)))).toEqual([false, true]);
    expect(['2015-09-27', '2015-09-28'].map((arrived) => isOutOfStatistics(day('2014-09-28'), day(arrived)))).toEqual([false, true]);
  });
});

describe('JUKI-3.4 states and commands', () => {
  it('each state is that of its facts', () => {
    for (const state of TRANSFER_STATES) expect(stateOn(CASES[state], TODAY)).toBe(state);
  });

  const REACHED: Readonly<Record<TransferCommand['kind'], Partial<Record<TransferState, TransferState>>>> = {
    NOTIFY_OUT: {
      OUT_NOTIFIED: 'CERTIFICATE_ISSUED', CERTIFICATE_ISSUED: 'CERTIFICATE_ISSUED', CERT_INFO_HELD: 'CERTIFICATE_ISSUED', EXPIRED: 'CERTIFICATE_ISSUED', MOVED_IN: 'MOVED_IN',
      IN_NOTICE_SENT: 'IN_NOTICE_SENT', OUT_CLOSED: 'OUT_CLOSED', UNMATCHED_IN: 'MOVED_IN',
    },
    WITHDRAW: {
      OUT_NOTIFIED: 'WITHDRAWN', CERTIFICATE_ISSUED: 'WITHDRAWN', CERT_INFO_HELD: 'WITHDRAWN', CERT_INFO_REQUESTED: 'WITHDRAWN', CERT_INFO_SENT: 'WITHDRAWN', EXPIRED: 'WITHDRAWN',
      WITHDRAWN: 'WITHDRAWN',
    },
    REQUEST_CERTIFICATE: { CERT_INFO_HELD: 'CERT_INFO_REQUESTED', CERT_INFO_REQUESTED: 'CERT_INFO_REQUESTED', CERT_INFO_SENT: 'CERT_INFO_SENT' },
    SEND_CERTIFICATE: { CERT_INFO_REQUESTED: 'CERT_INFO_SENT' },
    NOTIFY_IN: {
      CERTIFICATE_ISSUED: 'IN_NOTICE_SENT', CERT_INFO_SENT: 'IN_NOTICE_SENT', EXPIRED: 'IN_NOTICE_SENT', MOVED_IN: 'IN_NOTICE_SENT', UNMATCHED_IN: 'IN_NOTICE_SENT',
      IN_NOTICE_SENT: 'IN_NOTICE_SENT', OUT_CLOSED: 'OUT_CLOSED',
    },
  };
  const COMMANDS: readonly TransferCommand[] = [notifyOut('PAPER'), { kind: 'WITHDRAW' }, request('2016-04-03'), { kind: 'SEND_CERTIFICATE' }, notifyIn];

  it.each(COMMANDS)('$kind leads on where it may and is refused everywhere else', (command) => {
    for (const state of TRANSFER_STATES) {
      const refusal = command.kind === 'REQUEST_CERTIFICATE' && state === 'EXPIRED' ? 'EXPIRED' : 'TRANSFER_STATE';
      expect([state, decided(CASES[state], command)]).toEqual([state, REACHED[command.kind][state] ?? refusal]);
    }
  });

  it('the certificate needs card and PIN, a start of living not ahead, and the last day not passed', () => {
    const held = CASES.CERT_INFO_HELD;
    expect(decided(held, request('2016-04-03', false))).toBe('PIN_NOT_ASSERTED');
    expect(decided(held, request('2016-04-05'))).toBe('DATE_IN_FUTURE');
    expect(decided(held, request('2016-04-03'), new Date('2016-04-17T14:59:59Z'))).toBe('CERT_INFO_REQUESTED');
    expect(decided(held, request('2016-04-03'), new Date('2016-04-17T15:00:00Z'))).toBe('EXPIRED');
    expect(decided(held, request('2016-04-25'), new Date('2016-05-01T14:59:59Z'))).toBe('CERT_INFO_REQUESTED');
    expect(decided(held, request('2016-04-25'), new Date('2016-05-01T15:00:00Z'))).toBe('EXPIRED');
    expect(decideTransfer(held, request('2016-04-03'), new Date('2016-04-18T01:00:00Z'))).not.toHaveProperty('transfer.certificate');
  });

  it('a move-out is notified at most 60 days ahead and 14 days after; an expired card case goes on by paper only', () => {
    expect(decided(begun, notifyOut('PAPER', addDays(TODAY, 60)))).toBe('CERTIFICATE_ISSUED');
    expect(decided(begun, notifyOut('PAPER', addDays(TODAY, 61)))).toBe('DATE_IN_FUTURE');
    expect(decided(begun, notifyOut('PAPER', addDays(TODAY, -14)))).toBe('CERTIFICATE_ISSUED');
    expect(decided(begun, notifyOut('PAPER', addDays(TODAY, -15)))).toBe('TERM');
    expect(decided(CASES.EXPIRED, notifyOut('CARD'))).toBe('EXPIRED');
  });

  it('a closed case takes a late notification and its correction without leaving its end or the place of arrival', () => {
    const told = decideTransfer({ ...CASES.OUT_CLOSED, plannedOn: undefined, route: undefined, pointedTo: undefined }, notifyOut('CARD', '2016-04-02', C), NOW);
    expect(told).toMatchObject({ transfer: { to: B, pointedTo: C, plannedOn: '2016-04-02', route: 'CARD', noticeOn: TODAY, out } });
    expect('transfer' in told && [stateOn(told.transfer, TODAY), wakeAt(told.transfer, TODAY), dueDateOf(told.transfer, TODAY)]).toEqual(['OUT_CLOSED', undefined, undefined]);
    expect(decided(CASES.OUT_CLOSED, notifyOut('PAPER', addDays(TODAY, -15)))).toBe('TERM');
  });

  it('what the register has deleted cannot be withdrawn, an arrival of unknown origin has nobody to tell, living cannot begin ahead', () => {
    expect(decided({ ...CASES.OUT_NOTIFIED, out }, { kind: 'WITHDRAW' })).toBe('TRANSFER_STATE');
    expect(decided({ ...CASES.UNMATCHED_IN, from: undefined }, notifyIn)).toBe('TRANSFER_STATE');
    expect(decided(CASES.MOVED_IN, { kind: 'NOTIFY_IN', livingSince: addDays(TODAY, 1) })).toBe('DATE_IN_FUTURE');
  });

  it('the former record is deleted on the later of its planned day and the notice', () => {
    const planned = { ...CASES.IN_NOTICE_SENT, out: { on: addDays(TODAY, 3), version: 2 } };
    expect([2, 3].map((days) => stateOn(planned, addDays(TODAY, days)))).toEqual(['IN_NOTICE_SENT', 'OUT_CLOSED']);
    expect(wakeAt(planned, TODAY)).toEqual(new Date('2016-04-06T15:00:00Z'));
    expect(wakeAt(planned, addDays(TODAY, 3))).toBeUndefined();
  });
});

describe('JUKI-4.4 timers', () => {
  /** Follows the case from timer to timer, as the schedule does. */
  const later = (transfer: Transfer, until: string): { days: string[]; transfer: Transfer } => {
    const days: string[] = [];
    let now = NOW;
    let at = transfer;
    for (let next = wakeAt(at, localDateInJapan(now)); next !== undefined && next <= new Date(until); next = wakeAt(at, localDateInJapan(now))) {
      now = next;
      at = settle(at, now);
      days.push(localDateInJapan(now));
      if (days.length > 10) throw new Error('the timer does not come to rest');
    }
    return { days, transfer: at };
  };

  it('the card route ends after its last day, one that was requested a day later', () => {
    const held = later(CASES.CERT_INFO_HELD, '2017-01-01');
    expect([held.days, stateOn(held.transfer, TODAY)]).toEqual([['2016-05-02'], 'EXPIRED']);
    expect(dueDateOf(held.transfer, TODAY)).toBe('2016-05-01');
    expect(later({ ...CASES.CERT_INFO_REQUESTED, livingSince: day('2016-04-03') }, '2017-01-01').days).toEqual(['2016-04-19']);
  });

  it('a notice that is not sent is delivered after an hour; the former municipality is reminded once after three working days', () => {
    const moved = CASES.MOVED_IN;
    expect(wakeAt(moved, TODAY)).toEqual(new Date('2016-04-04T02:00:00Z'));
    const { days, transfer } = later(moved, '2017-01-01');
    expect(days).toEqual(['2016-04-04', '2016-04-08']);
    expect(transfer).toMatchObject({ noticeOn: '2016-04-04', remindedOn: '2016-04-08' });
    expect(settle(transfer, new Date('2016-06-01T00:00:00Z'))).toEqual(transfer);
  });

  it('V2 in transit from the 31st day on, told once; arrival, withdrawal and an undone deletion take off the list', () => {
    const left = { ...begun, out };
    const { days, transfer } = later(left, '2017-01-01');
    expect([days, transfer.inTransitOn]).toEqual([['2016-05-02'], '2016-05-02']);
    for (const gone of [{ ...left, moveIn: arrival }, { ...left, exit: CASES.WITHDRAWN.exit }, { ...left, out: { version: 4 } }]) {
      expect(later(gone, '2017-01-01').transfer.inTransitOn).toBeUndefined();
    }
  });

  it('an arrival of unknown origin waits for nothing', () => {
    expect(wakeAt({ ...CASES.UNMATCHED_IN, from: undefined }, TODAY)).toBeUndefined();
  });
});

const news = (kind: RegisterNews['kind'], municipalityCode: string, version: number, on: string, previous?: string): RegisterNews => ({
  kind, personKey: P, municipalityCode, version, on: day(on), at: new Date(`${on}T03:00:00Z`), previous,
});

/** The cases of one person, newest first, as messages change them. */
class World {
  cases: Transfer[] = [];
  private ids = 0;

  take(transfer: Transfer | undefined): void {
    if (transfer !== undefined) this.cases = [...this.cases.filter(({ transferId }) => transferId !== transfer.transferId), transfer].sort((a, b) => (a.transferId < b.transferId ? 1 : -1));
  }

  hear(heard: RegisterNews): void {
    this.ids += 1;
    this.take(follow(this.cases, heard, `t${String(this.ids).padStart(3, '0')}`));
  }

  /** As the use cases do: a notification opens a case, the other commands need one that is open; refused ones change nothing. */
  order(command: TransferCommand): void {
    this.ids += 1;
    const known = command.kind === 'NOTIFY_OUT' ? caseOfMoveOut(this.cases, A, { on: command.plannedOn }) : this.cases[0];
    const hasEnded = known === undefined || (isClosed(stateOn(known, TODAY)) && (command.kind !== 'NOTIFY_OUT' || known.exit !== undefined));
    const open = hasEnded ? undefined : settle(known, NOW);
    const isHere = !this.cases.some((transfer) => transfer.out !== undefined);
    const target = open ?? (command.kind === 'NOTIFY_OUT' && isHere ? { ...begun, transferId: `t${String(this.ids).padStart(3, '0')}` } : undefined);
    if (target === undefined) return;
    const decision = decideTransfer(target, command, NOW);
    if ('transfer' in decision) this.take(decision.transfer);
  }

  end(): unknown {
    return this.cases.map((transfer) => {
      const last = settle(settle(transfer, new Date('2016-04-05T03:00:00Z')), new Date('2016-04-20T03:00:00Z'));
      return { state: stateOn(last, day('2016-04-20')), from: last.from, to: last.to, out: last.out, moveIn: last.moveIn?.on, isTold: last.noticeOn !== undefined };
    });
  }
}

describe('JUKI-4.5 late, doubled and crossing messages', () => {
  const moveOut = news('MOVED_OUT', A, 2, '2016-04-01');
  const moveIn = (previous?: string): RegisterNews => news('MOVED_IN', B, 3, '2016-04-03', previous);
  const commands: Readonly<Record<Route, readonly TransferCommand[]>> = {
    PAPER: [notifyOut('PAPER'), notifyIn],
    CARD: [notifyOut('CARD'), request('2016-04-03'), { kind: 'SEND_CERTIFICATE' }, notifyIn],
  };

  it('all interleavings of the messages of one move end in the same state', () => {
    const orders = fc.record({ route: fc.constantFrom<Route>('PAPER', 'CARD'), previous: fc.constantFrom(A, undefined), isOutPlanned: fc.boolean() }).chain(({ route, previous, isOutPlanned }) => {
      const out1 = isOutPlanned ? news('MOVED_OUT', A, 2, '2016-04-10') : moveOut;
      const messages = [...commands[route], out1, moveIn(previous)];
      const arrivals = fc.shuffledSubarray([...messages, ...messages], { minLength: messages.length * 2 });
      return fc.record({ arrivals, out1: fc.constant(out1), last: fc.shuffledSubarray(messages, { minLength: messages.length }) });
    });
    fc.assert(fc.property(orders, ({ arrivals, last, out1 }) => {
      const world = new World();
      for (const message of [...arrivals, ...last]) {
        if ('version' in message) world.hear(message);
        else world.order(message);
      }
      expect(world.end()).toEqual([{ state: 'OUT_CLOSED', from: A, to: B, out: { on: out1.on, version: 2 }, moveIn: '2016-04-03', isTold: true }]);
    }), { numRuns: 500 });
  });

  it('only the register tells: 21 and 11 in both orders close the case after the hour', () => {
    for (const order of [[moveOut, moveIn(A)], [moveIn(A), moveOut], [moveIn(), moveOut, moveIn()]]) {
      const world = new World();
      for (const heard of order) world.hear(heard);
      expect(world.cases.map((transfer) => stateOn(transfer, TODAY))).toEqual(['MOVED_IN']);
      expect(world.end()).toMatchObject([{ state: 'OUT_CLOSED', from: A, to: B }]);
    }
  });

  it('a move-in without a known move-out is unmatched until the move-out is known', () => {
    const world = new World();
    world.hear(moveIn(A));
    expect(stateOn(world.cases[0] ?? begun, TODAY)).toBe('UNMATCHED_IN');
    world.hear(news('MOVED_OUT', A, 4, '2016-04-02'));
    expect(world.cases.map((transfer) => stateOn(transfer, TODAY))).toEqual(['MOVED_IN']);
  });

  it('a person who arrives elsewhere than planned takes the case along; an arrival from a third place does not', () => {
    const world = new World();
    world.order(notifyOut('PAPER'));
    world.hear(news('MOVED_IN', C, 3, '2016-04-03', '472018'));
    expect(world.cases.map(({ to, moveIn: arrived }) => [to, arrived !== undefined])).toEqual([[C, true], [B, false]]);
    world.hear(news('MOVED_IN', C, 4, '2016-04-03', A));
    expect(world.cases.map(({ to, from }) => [from, to])).toEqual([['472018', C], [A, C]]);
  });

  it('the next move and the return are cases of their own', () => {
    const world = new World();
    for (const heard of [moveOut, moveIn(A), news('MOVED_OUT', B, 4, '2016-04-06'), news('MOVED_IN', A, 5, '2016-04-07', B), news('MOVED_OUT', A, 6, '2016-04-09'), news('MOVED_IN', C, 7, '2016-04-10', A)]) world.hear(heard);
    expect(world.cases.map(({ from, to, out: left, moveIn: arrived }) => [from, left?.version, to, arrived?.version])).toEqual([[A, 6, C, 7], [B, 4, A, 5], [A, 2, B, 3]]);
    world.hear(moveOut);
    world.hear(moveIn(A));
    expect(world.cases).toHaveLength(3);
  });

  it('a move-out of one who came back from abroad is a case of its own', () => {
    const world = new World();
    for (const heard of [moveOut, moveIn(A), news('CANCELLED', B, 4, '2017-04-01'), news('MOVED_OUT', A, 6, '2019-04-01'), moveOut]) world.hear(heard);
    expect(world.cases.map(({ from, to, out: left }) => [from, to, left?.version])).toEqual([[A, undefined, 6], [A, B, 2]]);
  });

  it('a move-out long after an arrival of unknown origin is no part of it', () => {
    const world = new World();
    world.hear(moveIn());
    world.hear(news('MOVED_OUT', A, 9, '2016-05-04'));
    expect(world.cases.map(({ from, to }) => [from, to])).toEqual([[A, undefined], [undefined, B]]);
  });

  it('the planned and the final deletion count by their version, not by their arrival', () => {
    const [planned, final] = [news('MOVED_OUT', A, 2, '2016-04-10'), news('MOVED_OUT', A, 4, '2016-04-02')];
    for (const order of [[planned, final], [final, planned]]) {
      const world = new World();
      for (const heard of [...order, moveIn(A)]) world.hear(heard);
      expect(world.cases).toMatchObject([{ from: A, to: B, out: { on: '2016-04-02', version: 4 } }]);
    }
  });

  it('a withdrawal keeps what the register had taken in before; a restored record withdraws the move', () => {
    const world = new World();
    world.order(notifyOut('PAPER', '2016-04-10'));
    world.order({ kind: 'WITHDRAW' });
    world.hear(moveOut);
    expect(world.cases.map((transfer) => stateOn(transfer, TODAY))).toEqual(['WITHDRAWN']);
    world.hear(news('MOVED_OUT', A, 5, '2016-04-09'));
    expect(world.cases.map((transfer) => stateOn(transfer, TODAY))).toEqual(['OUT_NOTIFIED', 'WITHDRAWN']);
    world.hear(news('CANCELLED', A, 6, '2016-04-10'));
    world.hear(news('MOVED_OUT', A, 5, '2016-04-09'));
    expect(world.cases.map((transfer) => stateOn(transfer, TODAY))).toEqual(['WITHDRAWN', 'WITHDRAWN']);
  });
});
