import { type NameForm, badConstraint, subtreeWhere } from './name-form.js';

function bitsOf(octets: Buffer): string {
  return Array.from(octets, (octet) => octet.toString(2).padStart(8, '0')).join('');
}

/** Octets of an address and its bits, so that a network of its family is a prefix of it. */
function addressText(octets: Buffer): string {
  return `${octets.length}:${bitsOf(octets)}`;
}

/** iPAddress: 4 or 16 octets; a constraint is an address and a mask as in RFC 4632, of twice the length. */
export const ADDRESS_FORM: NameForm = {
  textOf: (content) => (content.length === 4 || content.length === 16 ? addressText(content) : undefined),
  subtreeOf(content) {
    if (content.length !== 8 && content.length !== 32) throw badConstraint('iPAddress');
    const half = content.length / 2;
    const mask = bitsOf(content.subarray(half));
    const ones = mask.indexOf('0') < 0 ? mask.length : mask.indexOf('0');
    if (mask.includes('1', ones)) throw badConstraint('iPAddress');
    const network = addressText(content.subarray(0, half)).slice(0, `${half}:`.length + ones);
    return subtreeWhere((name) => name.startsWith(network));
  },
};
