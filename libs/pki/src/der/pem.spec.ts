import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pemBlocksOf, pemEncode } from './pem.js';

const one = Buffer.from('30030a0101', 'hex');
const two = Buffer.from('3000', 'hex');

it('reads every block in its order, with explanation around it, other line ends and blanks (RFC 7468 section 2)', () => {
  const text = `subject=one\r\n${pemEncode('CERTIFICATE', one).replaceAll('\n', '\r\n')}\n issuer=two\n${pemEncode('X509 CRL', two).replaceAll('\n', ' \n')}end`;
  expect(pemBlocksOf(text)).toEqual([{ label: 'CERTIFICATE', der: one }, { label: 'X509 CRL', der: two }]);
  expect(pemBlocksOf('\ufeff' + pemEncode('CERTIFICATE', one))).toEqual([{ label: 'CERTIFICATE', der: one }]);
});

it.each([
  ['no end', pemEncode('CERTIFICATE', one).replace('-----END CERTIFICATE-----', '')],
  ['the end of another label', pemEncode('CERTIFICATE', one).replace('END CERTIFICATE', 'END KEY')],
  ['no base64', pemEncode('CERTIFICATE', one).replace('MAM', 'MA*')],
  ['nothing inside', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
  ['header lines', pemEncode('CERTIFICATE', one).replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n')],
])('a block with %s has no octets', (_what, text) => {
  expect(pemBlocksOf(text)).toEqual([{ label: 'CERTIFICATE', der: undefined }]);
});

it('goes on with the next block after one without end', () => {
  const text = `-----BEGIN CERTIFICATE-----\nMAMK\n${pemEncode('CERTIFICATE', two)}`;
  expect(pemBlocksOf(text)).toEqual([{ label: 'CERTIFICATE', der: undefined }, { label: 'CERTIFICATE', der: two }]);
  expect(pemBlocksOf('-----BEGIN -----\n-----BEGIN-----\nnothing')).toEqual([]);
});

it('gives back what was written, whatever it is', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 })), (all) => {
    const text = all.map((octets) => pemEncode('DATA', Buffer.from(octets))).join('');
    expect(pemBlocksOf(text).map(({ der }) => der)).toEqual(all.map((octets) => Buffer.from(octets)));
  }));
});
