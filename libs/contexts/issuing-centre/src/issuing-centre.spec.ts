import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import { describe, expect, it } from 'vitest';
import { bindingInPdf, bindingMessage, type CertificateType } from '#contracts/municipal-issuer';
import { bindingFaults, type Rendered } from './binding/binding.js';
import { pageCountOf } from './binding/page-count.js';
import { canMove, copiesPrinted, deadlineOf, isLate, isOver, isSkewed, REQUEST_STATES, TIME_LIMITS, type RequestState } from './certificate-request/certificate-request.js';
import { challengeHash, challengeOf, isSignedBy } from './certificate-request/challenge.js';
import { ContentSeal } from './certificate-request/content-seal.js';
import { afterAnswer, afterFailure, mayAsk, statusOf, type Circuit } from './municipal-server/municipal-server.js';
import { graceEndOf, isOpen, isTypeServed } from './service-calendar/service-calendar.js';
import { readJournal } from './settlement/journal-file.js';
import { monthDue, monthOf } from './settlement/month.js';
import { differencesOf, netOf, settlementCsv } from './settlement/settlement.js';

/** In Japan. */
const jst = (text: string): Date => new Date(`${text}+09:00`);

describe('requests (CARD-3.9)', () => {
  it('CARD-3.9: the moves of the table, and no other', () => {
    const moves = REQUEST_STATES.flatMap((from) => REQUEST_STATES.filter((to) => canMove(from, to)).map((to) => `${from}>${to}`));
    expect(moves.sort()).toEqual([
      'AUTHENTICATED>ABANDONED', 'AUTHENTICATED>REFUSED', 'AUTHENTICATED>SELECTED', 'GENERATING>FAILED', 'GENERATING>READY', 'LEFT_BEHIND>CLOSED', 'OPENED>ABANDONED', 'OPENED>AUTHENTICATED',
      'OPENED>REFUSED', 'PAID>PRINTING', 'PAID>PRINT_UNCERTAIN', 'PAID>REFUND_DUE', 'PRINTED>LEFT_BEHIND', 'PRINTED>TAKEN', 'PRINTING>PRINTED', 'PRINTING>PRINT_UNCERTAIN',
      'PRINT_UNCERTAIN>PRINTED', 'PRINT_UNCERTAIN>REFUND_DUE', 'READY>EXPIRED', 'READY>PAID', 'REFUND_DUE>REFUNDED', 'SELECTED>GENERATING', 'TAKEN>CLOSED',
    ]);
  });

  it('CARD-7: on no way is anything printed twice, and nobody pays for a request that failed', () => {
    const reaches = (from: RequestState, to: RequestState): boolean => REQUEST_STATES.some((next) => canMove(from, next) && (next === to || reaches(next, to)));
    expect((['PRINTING', 'PRINTED', 'PRINT_UNCERTAIN', 'REFUND_DUE', 'CLOSED'] as const).filter((state) => reaches(state, 'PRINTING'))).toEqual([]);
    expect((['REFUSED', 'ABANDONED', 'FAILED', 'EXPIRED'] as const).map((state) => [isOver(state), reaches(state, 'PAID')])).toEqual(Array(4).fill([true, false]));
  });

  it.each([
    ['OPENED', 60, 'ABANDONED'], ['AUTHENTICATED', 90, 'ABANDONED'], ['GENERATING', 60, 'FAILED'], ['READY', 120, 'EXPIRED'], ['PAID', 20, 'PRINT_UNCERTAIN'],
    ['PRINTING', 180, 'PRINT_UNCERTAIN'], ['PRINTED', 60, 'LEFT_BEHIND'], ['TAKEN', 60, undefined],
  ] as const)('CARD-4.17: %s ends after %i s as %s', (state, seconds, then) => {
    const now = jst('2016-02-01T12:00:00');
    expect(deadlineOf(state, now, graceEndOf(now))).toEqual(new Date(now.getTime() + seconds * 1_000));
    expect(TIME_LIMITS[state]?.then).toBe(then);
  });

  it('CARD-4.15: what nobody paid for ends at 23:05; what is paid is printed to its end', () => {
    const now = jst('2016-02-01T23:04:50');
    expect((['GENERATING', 'READY', 'PAID', 'CLOSED'] as const).map((state) => deadlineOf(state, now, graceEndOf(now)))).toEqual([
      jst('2016-02-01T23:05:00'), jst('2016-02-01T23:05:00'), jst('2016-02-01T23:05:10'), null,
    ]);
  });

  it('CARD-4.17: a step at its deadline is too late; a report of pages never is', () => {
    const deadline = jst('2016-02-01T12:02:00');
    const late = (state: RequestState, at: string): boolean => isLate({ state, deadline }, jst(`2016-02-01T${at}`));
    expect([late('READY', '12:01:59.999'), late('READY', '12:02:00'), late('PAID', '12:02:00'), late('PRINTING', '12:09:00')]).toEqual([false, true, true, false]);
  });

  it('CARD-4.17: only whole copies count, and never more than were paid', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 9].map((pages) => copiesPrinted({ pages, pageCount: 2, copies: 3 }))).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it('CARD-7: a clock 30 s off is let in, one that is further off is not', () => {
    const now = jst('2016-02-01T12:00:00');
    expect([-30_001, -30_000, 0, 30_000, 30_001].map((ms) => isSkewed(new Date(now.getTime() + ms), now))).toEqual([true, false, false, false, true]);
  });
});

describe('challenge (CARD-4.15 step 2)', () => {
  const nonce = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  const challenge = challengeOf('REQ-20160201-0000001', nonce, '282049');

  it('CARD-4.15: 107 octets with the hash of the domain page', () => {
    expect([challenge.length, challengeHash(challenge)]).toEqual([107, '7ad71ac41278b27125006848cee5354ffd2eced71d1711d18269424341ee1aa1']);
  });

  it('CARD-4.15: signed by the RSA key of the card over this request, nonce and municipality alone', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signature = sign('sha256', challenge, privateKey);
    const others = [challengeOf('REQ-20160201-0000002', nonce, '282049'), challengeOf('REQ-20160201-0000001', nonce, '131016'), challengeOf('REQ-20160201-0000001', Buffer.alloc(32), '282049')];
    expect([challenge, ...others].map((text) => isSignedBy(text, signature, publicKey))).toEqual([true, false, false, false]);
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(isSignedBy(challenge, sign('sha256', challenge, ec.privateKey), ec.publicKey)).toBe(false);
  });
});

describe('hours (CARD-4.15)', () => {
  it.each([
    ['2016-02-01T06:29:59', false], ['2016-02-01T06:30:00', true], ['2016-02-01T22:59:59', true], ['2016-02-01T23:00:00', false],
    ['2015-12-28T12:00:00', true], ['2015-12-29T12:00:00', false], ['2016-01-03T12:00:00', false], ['2016-01-04T12:00:00', true], ['2016-02-07T12:00:00', true],
  ])('CARD-4.15: %s new sessions %s', (at, open) => {
    expect(isOpen(jst(at), [])).toBe(open);
  });

  it('CARD-4.15: closed from the beginning of a maintenance to its end', () => {
    const maintenance = [{ fromAt: jst('2016-02-01T20:00:00'), untilAt: jst('2016-02-01T21:00:00') }];
    expect(['19:59:59', '20:00:00', '20:59:59', '21:00:00'].map((at) => isOpen(jst(`2016-02-01T${at}`), maintenance))).toEqual([true, false, false, true]);
  });

  it.each([
    ['FAMILY_REGISTER_FULL', '2016-02-01T08:59:59', false], ['FAMILY_REGISTER_FULL', '2016-02-01T09:00:00', true], ['REGISTER_ADDENDUM', '2016-02-01T16:59:59', true],
    ['FAMILY_REGISTER_INDIVIDUAL', '2016-02-01T17:00:00', false], ['FAMILY_REGISTER_FULL', '2016-02-06T12:00:00', false], ['FAMILY_REGISTER_FULL', '2016-02-11T12:00:00', false],
    ['RESIDENT_RECORD', '2016-02-06T06:30:00', true], ['SEAL_CERT', '2016-02-11T22:00:00', true],
  ] as const)('CARD-4.15: %s at %s: %s', (type, at, served) => {
    expect(isTypeServed(type, { registerFrom: '09:00', registerUntil: '17:00' }, jst(at))).toBe(served);
  });

  it('CARD-4.15: a municipality may open at 08:30', () => {
    expect(isTypeServed('FAMILY_REGISTER_FULL', { registerFrom: '08:30', registerUntil: '17:15' }, jst('2016-02-01T08:30:00'))).toBe(true);
  });
});

describe('circuit (CARD-7)', () => {
  const up: Circuit = { failures: [], downSince: null, triedAt: null, slowAt: null };
  const at = (seconds: number): Date => new Date(jst('2016-02-01T12:00:00').getTime() + seconds * 1_000);
  const failing = (...seconds: number[]): Circuit => seconds.reduce((circuit, second) => afterFailure(circuit, at(second)), up);

  it('CARD-7: opens with the fifth failure in 30 s, not with five in a longer time', () => {
    expect([failing(0, 5, 10, 15), failing(0, 5, 10, 15, 29), failing(0, 8, 16, 24, 30)].map((circuit) => circuit.downSince)).toEqual([null, at(29), null]);
  });

  it('CARD-7: while it is open one request in 30 s goes through; an answer closes it', () => {
    const down = failing(0, 1, 2, 3, 4);
    expect([4, 33, 34].map((second) => mayAsk(down, at(second)))).toEqual([false, false, true]);
    const tried = { ...down, triedAt: at(34) };
    expect([35, 63, 64].map((second) => mayAsk(tried, at(second)))).toEqual([false, false, true]);
    expect(mayAsk(afterAnswer(tried, at(40), false), at(40))).toBe(true);
  });

  it('CARD-3.10: UP, DEGRADED while it fails now and then or is slow, DOWN', () => {
    expect([statusOf(up, at(0)), statusOf(failing(0), at(1)), statusOf(failing(0), at(31)), statusOf(afterAnswer(up, at(0), true), at(1)), statusOf(failing(0, 1, 2, 3, 4), at(100))])
      .toEqual(['UP', 'DEGRADED', 'UP', 'DEGRADED', 'DOWN']);
  });
});

describe('binding (CARD-4.15)', () => {
  const key = Buffer.alloc(32, 7);
  const asked = { requestId: 'REQ-20160201-0000001', municipalityCode: '282049', type: 'SEAL_CERT' as CertificateType, residentKey: 'resident-1' };
  const answerTo = (to: typeof asked, by = key): Rendered => {
    const facts = { requestId: to.requestId, type: to.type, pageCount: 1, issuedAt: '2016-02-01T01:00:00.000Z' };
    const binding = { ...facts, residentKeyMac: createHmac('sha256', by).update(bindingMessage(to.municipalityCode, to.residentKey, facts)).digest() };
    return { binding, inPdf: binding, pageCount: 1 };
  };

  it('CARD-4.15: an answer to the request is bound to it', () => {
    expect(bindingFaults(asked, answerTo(asked), key)).toEqual([]);
  });

  it('CARD-4.15: any other answer is refused', () => {
    const other = fc.record({ requestId: fc.constantFrom('REQ-20160201-0000001', 'REQ-20160201-0000002'), municipalityCode: fc.constantFrom('282049', '131016'), type: fc.constantFrom<CertificateType>('SEAL_CERT', 'RESIDENT_RECORD'), residentKey: fc.constantFrom('resident-1', 'resident-2') });
    fc.assert(fc.property(other, (to) => {
      const isSame = JSON.stringify(to) === JSON.stringify(asked);
      expect(bindingFaults(asked, answerTo(to), key).length === 0).toBe(isSame);
      // A block of this request around the PDF of another.
      expect(bindingFaults(asked, { ...answerTo(asked), inPdf: answerTo(to).inPdf }, key).length === 0).toBe(isSame);
    }));
  });

  it('CARD-4.15: each difference is named', () => {
    const good = answerTo(asked);
    const changed = (more: Partial<Rendered>): string[] => bindingFaults(asked, { ...good, ...more }, key);
    expect(changed({ pageCount: 2 })).toEqual(['PAGE_COUNT']);
    expect(changed({ pageCount: undefined })).toEqual(['PAGE_COUNT']);
    expect(changed({ inPdf: undefined })).toEqual(['IN_PDF']);
    expect(changed({ inPdf: { ...good.binding, issuedAt: '2016-02-01T01:00:01.000Z' } })).toEqual(['IN_PDF']);
    expect(bindingFaults(asked, answerTo(asked, Buffer.alloc(32, 8)), key)).toEqual(['RESIDENT']);
    expect(bindingFaults(asked, { ...good, binding: { ...good.binding, residentKeyMac: Buffer.alloc(0) } }, key)).toEqual(['RESIDENT', 'IN_PDF']);
  });

  it('CARD-4.15: pages are counted in the PDF itself', async () => {
    expect(await pageCountOf(await pdfOf(2))).toBe(2);
    expect(await pageCountOf(Buffer.from('%PDF-1.4 no more'))).toBeUndefined();
    expect(bindingInPdf(await pdfOf(1))).toBeUndefined();
  });
});

describe('content (CARD-4.17)', () => {
  const seal = new ContentSeal(Buffer.alloc(32, 1));
  const [mine, other] = ['ab'.repeat(32), 'cd'.repeat(32)];

  it('CARD-4.17: opens by the key of the kiosk, for this request, by this centre', () => {
    const content = { front: Buffer.from('front'), back: Buffer.from('back') };
    const sealed = seal.seal('REQ-1', mine, content);
    expect(seal.open('REQ-1', mine, sealed)).toEqual(content);
    expect([seal.open('REQ-1', other, sealed), seal.open('REQ-2', mine, sealed), new ContentSeal(Buffer.alloc(32, 2)).open('REQ-1', mine, sealed)]).toEqual([undefined, undefined, undefined]);
  });
});

describe('settlement (CARD-4.15)', () => {
  const [said, came] = [{ copies: 2, amountYen: 600 }, { kiosk: true, municipality: true }];
  const sides = { centre: said, kiosk: said, municipality: { copies: 2, amountYen: null } };
  const kinds = (more: object, which = came): string[] => differencesOf({ ...sides, ...more }, which).map(({ kind }) => kind);

  it('CARD-4.15: three sides that agree differ in nothing; served and not printed is no difference', () => {
    expect([kinds({}), kinds({ centre: null, kiosk: null }), kinds({ municipality: { copies: 3, amountYen: null } })]).toEqual([[], [], []]);
  });

  it('CARD-4.15: each difference is an item', () => {
    expect(kinds({ centre: null })).toEqual(['NOT_AT_CENTRE']);
    expect([kinds({ kiosk: null }), kinds({ kiosk: null }, { kiosk: false, municipality: true })]).toEqual([['NOT_AT_KIOSK'], []]);
    expect([kinds({ municipality: null }), kinds({ municipality: null }, { kiosk: true, municipality: false })]).toEqual([['NOT_AT_MUNICIPALITY'], []]);
    expect(kinds({ kiosk: { copies: 1, amountYen: 300 } })).toEqual(['KIOSK_COPIES', 'KIOSK_AMOUNT']);
    expect(kinds({ municipality: { copies: 1, amountYen: null } })).toEqual(['MUNICIPALITY_COPIES']);
  });

  it('CARD-5: the lines as CSV', () => {
    const line = { municipalityCode: '282049', operator: 'shop-1', type: 'SEAL_CERT', printed: 3, feeYen: 900, commissionYen: 345, refundsYen: 300 };
    expect(netOf(line)).toBe(255);
    expect(settlementCsv('2016-02', [line])).toBe('month,municipality,operator,type,printed,fee,commission,refunds,net\r\n2016-02,282049,shop-1,SEAL_CERT,3,900,345,300,255\r\n');
  });

  it('CARD-4.15: a journal gives its good rows and tells each bad one', () => {
    const rows = ['requestId,type,copies,amount', 'REQ-20160201-0000001,SEAL_CERT,2,600', 'REQ-20160201-0000001,SEAL_CERT,1,300', 'REQ-20160201-0000002,SEAL,1,300', 'REQ-20160201-0000003,SEAL_CERT,11,1', 'REQ-20160201-0000004,SEAL_CERT', 'REQ-20160201-0000005,RESIDENT_RECORD,1,x'];
    const { entries, faults } = readJournal(Buffer.from(rows.join('\r\n')), 'KIOSK');
    expect(entries).toEqual([{ requestId: 'REQ-20160201-0000001', type: 'SEAL_CERT', copies: 2, amountYen: 600 }]);
    expect(faults.map(({ line, column, reason }) => `${line} ${column} ${reason}`)).toEqual(['3 requestId TWICE', '4 type FORMAT', '5 copies FORMAT', '6  COLUMNS', '7 amount FORMAT']);
    expect(() => readJournal(Buffer.from('a,b\n'), 'MUNICIPALITY')).toThrow('FILE_MALFORMED');
  });

  it('CARD-4.15: a month is that of Japan, and settled from the fifth day of the next on', () => {
    expect(monthOf('2016-12')).toEqual({ month: '2016-12', from: jst('2016-12-01T00:00:00'), until: jst('2017-01-01T00:00:00') });
    expect([monthDue(undefined, jst('2016-03-05T00:00:00')), monthDue('2016-01', jst('2016-03-04T23:59:59')), monthDue('2016-02', jst('2016-03-31T00:00:00'))]).toEqual(['2016-02', undefined, undefined]);
  });
});

async function pdfOf(pages: number): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4', autoFirstPage: false });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (let page = 0; page < pages; page += 1) document.addPage().text('page');
  const end = new Promise((resolve) => void document.on('end', resolve));
  document.end();
  await end;
  return Buffer.concat(chunks);
}
