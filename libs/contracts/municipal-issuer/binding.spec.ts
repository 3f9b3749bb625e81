import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { bindingInPdf, bindingMessage, bindingText } from './binding.js';

const facts = { requestId: 'REQ-20160201-0000001', type: 'SEAL_CERT', pageCount: 1, issuedAt: '2016-02-01T01:00:00.000Z' } as const;
const block = { ...facts, residentKeyMac: createHmac('sha256', Buffer.alloc(32, 7)).update(bindingMessage('282049', 'resident-1', facts)).digest() };
const entry = `<< /Title (x)\n/KibanBinding (${bindingText(block)}) >>`;

it('CARD-4.15: the block that a PDF carries is read back; none, two or a changed one are no block', () => {
  expect(bindingInPdf(Buffer.from(entry))).toEqual(block);
  expect(bindingInPdf(Buffer.from('<< /Title (x) >>'))).toBeUndefined();
  expect(bindingInPdf(Buffer.from(entry + entry))).toBeUndefined();
  expect(bindingInPdf(Buffer.from(entry.replace('SEAL_CERT', 'SEAL')))).toBeUndefined();
});

it('CARD-4.15: every part of the request changes what is authenticated', () => {
  const of = (municipality: string, resident: string, changed: Partial<typeof facts> | object = {}) => bindingMessage(municipality, resident, { ...facts, ...changed });
  const messages = [of('282049', 'resident-1'), of('282057', 'resident-1'), of('282049', 'resident-2'), of('282049', 'resident-1', { requestId: 'REQ-20160201-0000002' }), of('282049', 'resident-1', { type: 'RESIDENT_RECORD' }), of('282049', 'resident-1', { pageCount: 2 })];
  expect(new Set(messages).size).toBe(messages.length);
});
