import { describe, expect, it } from 'vitest';
import { localDateInJapan, toLocalDate } from '#kernel';
import { settle, wakeAt } from './timer.js';
import { decideTransfer, stateOn, type Transfer, type TransferCommand } from './transfer.js';

const ASKED = new Date('2016-04-04T01:00:00Z');
const SECOND_BEFORE = new Date('2016-04-05T00:59:59Z');
const DAY_AFTER = new Date('2016-04-05T01:00:00Z');
const held: Transfer = {
  transferId: 't1', personKey: 'p', eventSeq: 1, from: '990019', to: '990027', pointedTo: '990027', route: 'CARD', plannedOn: toLocalDate('2016-04-04'),
};
const request: TransferCommand = { kind: 'REQUEST_CERTIFICATE', livingSince: toLocalDate('2016-04-04'), isCardChecked: true };

function decided(transfer: Transfer, command: TransferCommand, now: Date): Transfer {
  const decision = decideTransfer(settle(transfer, now), command, now);
  if ('refusal' in decision) throw new Error(decision.refusal);
  return decision.transfer;
}
const stateAt = (transfer: Transfer, at: Date): string => stateOn(settle(transfer, at), localDateInJapan(at));

describe('JUKI-4.4 a request for the certificate information that nobody answers', () => {
  const asked = decided(held, request, ASKED);

  it('waits for 24 hours, is then as if it had not been made, and may be made again', () => {
    expect([SECOND_BEFORE, DAY_AFTER].map((at) => stateAt(asked, at))).toEqual(['CERT_INFO_REQUESTED', 'CERT_INFO_HELD']);
    expect(wakeAt(asked, localDateInJapan(ASKED))).toEqual(DAY_AFTER);
    const lapsed = settle(asked, DAY_AFTER);
    expect(() => decided(lapsed, { kind: 'SEND_CERTIFICATE' }, DAY_AFTER)).toThrow('TRANSFER_STATE');
    const again = decided(lapsed, request, DAY_AFTER);
    expect([stateAt(again, DAY_AFTER), again.requestedAt]).toEqual(['CERT_INFO_REQUESTED', DAY_AFTER]);
  });

  it('waits no more once it is answered; repeated it waits from the first time on', () => {
    const sent = decided(asked, { kind: 'SEND_CERTIFICATE' }, SECOND_BEFORE);
    expect([stateAt(sent, DAY_AFTER), sent.requestedAt]).toEqual(['CERT_INFO_SENT', undefined]);
    expect(decided(asked, request, SECOND_BEFORE).requestedAt).toEqual(ASKED);
  });

  it('after the last day of the card route it is over for good', () => {
    const last = new Date('2016-04-18T01:00:00Z');
    expect(stateAt(decided(held, request, last), new Date('2016-04-19T01:00:00Z'))).toBe('EXPIRED');
  });
});
