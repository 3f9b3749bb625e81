import { ATTRIBUTE_OID, encodeName, encodeValue, parseName, type Name, type NameAttribute } from '../der/name.js';
import { nameKeyOf } from './same-name.js';

/** No name of a certificate comes near. */
const MAX_LENGTH = 4_096;
const TYPE = /([A-Za-z][A-Za-z0-9-]*|[0-2](?:\.(?:0|[1-9][0-9]*))+)=/y;
const HEX = /#((?:[0-9A-Fa-f]{2})+)(?=[,+]|$)/y;
/** stringchar and pair of RFC 4514 section 3; a space or a number sign first, and a space last, only escaped. */
const CHARACTERS = /(?:[^\0"+,;<>\\]|\\(?:[0-9A-Fa-f]{2}|[ "#+,;<=>\\]))*/y;
const ESCAPE = /\\([0-9A-Fa-f]{2}|.)|[^\\]+/gsu;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Short names (RFC 4519) by every way to write them, in lower case. */
const TYPE_BY_NAME = new Map<string, string>([
  ...Object.entries(ATTRIBUTE_OID).flatMap(([name, dotted]): [string, string][] => [[name.toLowerCase(), name], [dotted, name]]),
  ['commonname', 'CN'], ['surname', 'SN'], ['countryname', 'C'], ['localityname', 'L'], ['stateorprovincename', 'ST'], ['streetaddress', 'street'], ['organizationname', 'O'],
  ['organizationalunitname', 'OU'], ['givenname', 'GN'], ['domaincomponent', 'DC'], ['uid', '0.9.2342.19200300.100.1.1'],
]);

/** The short name of an attribute type, or a dotted identifier as it is; undefined where it is unknown. */
export function nameType(written: string): string | undefined {
  return TYPE_BY_NAME.get(written.toLowerCase()) ?? (/^[0-9]/.test(written) ? written : undefined);
}

/** A name as it is written, and what it is compared by (RFC 5280 7.1, RFC 4518). */
export interface Dn {
  /** In encoding order: the country first. */
  readonly name: Name;
  /** Those of its superiors are its beginnings. */
  readonly key: string;
}

/** Reads the string of RFC 4514; undefined where it is none. The empty one names the root. */
export function parseDn(text: string): Dn | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const rdns = text === '' ? [] : readRdns(text);
    return rdns === undefined ? undefined : dnOf(rdns.reverse().flat());
  } catch {
    // What is a string of the right form and no Name: an empty value, a country of three letters, octets that are not DER.
    return undefined;
  }
}

export function dnOf(name: Name): Dn {
  return { name, key: nameKeyOf(encodeName(name)) };
}

export function dnOfDer(der: Buffer): Dn {
  return { name: parseName(der), key: nameKeyOf(der) };
}

function readRdns(text: string): NameAttribute[][] | undefined {
  const rdns: NameAttribute[][] = [[]];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    at += found?.[0].length ?? 0;
    return found;
  };
  for (;;) {
    const type = nameType(take(TYPE)?.[1] ?? '');
    const hex = take(HEX)?.[1];
    const value = hex === undefined ? unescaped(take(CHARACTERS)?.[0] ?? '') : `#${hex}`;
    if (type === undefined || value === undefined) return undefined;
    const rdn = rdns.at(-1) ?? [];
    rdn.push({ type, value, encoding: hex === undefined ? 'utf8' : 'der', ...(rdn.length > 0 ? { joined: true } : {}) });
    if (at === text.length) return rdns;
    if (text[at] === ',') rdns.push([]);
    else if (text[at] !== '+') return undefined;
    at += 1;
  }
}

function unescaped(written: string): string | undefined {
  if (/^[ #]/.test(written) || /(?:^|[^\\])(?:\\\\)* $/.test(written)) return undefined;
  const octets = Array.from(written.matchAll(ESCAPE), ([plain, escaped]) => (escaped === undefined ? Buffer.from(plain, 'utf8') : escaped.length === 2 ? Buffer.from(escaped, 'hex') : Buffer.from(escaped, 'utf8')));
  return utf8.decode(Buffer.concat(octets));
}

/** Writes the string of RFC 4514. A type without a short name is dotted, its value in hexadecimal digits (2.4). */
export function dnText(name: Name): string {
  const rdns: string[] = [];
  for (const attribute of name) {
    const text = attributeText(attribute);
    const last = attribute.joined === true ? rdns.pop() : undefined;
    rdns.push(last === undefined ? text : `${last}+${text}`);
  }
  return rdns.reverse().join(',');
}

function attributeText(attribute: NameAttribute): string {
  const { type, value, encoding } = attribute;
  if (encoding === 'der') return `${type}=${value}`;
  if (/^[0-9]/.test(type)) return `${type}=#${encodeValue({ ...attribute, encoding: encoding ?? 'utf8' }).toString('hex')}`;
  const escaped = value.replaceAll(/[,+"\\<>;]/g, (character) => `\\${character}`).replaceAll('\0', '\\00');
  return `${type}=${escaped.replaceAll(/^[ #]| $/g, (character) => `\\${character}`)}`;
}
