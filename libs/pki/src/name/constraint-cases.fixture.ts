import type { Name } from '../der/name.js';
import { contextConstructed, contextPrimitive, ia5String, sequence } from '../der/write.js';
import { type NamedCertificate, directory, dns, ip, mail, otherName, uri } from './name.fixture.js';

/** One authority with constraints, one certificate below it, and what RFC 5280 4.2.1.10 makes of it. */
export interface ConstraintCase {
  readonly title: string;
  readonly permitted?: readonly Buffer[];
  readonly excluded?: readonly Buffer[];
  readonly certificate: NamedCertificate;
  readonly fault?: 'NAME_NOT_PERMITTED' | 'NAME_EXCLUDED';
  /** Why OpenSSL judges otherwise. */
  readonly otherwise?: string;
}

type Fault = ConstraintCase['fault'];

const JP: Name = [{ type: 'C', value: 'JP' }];
export const KIBAN: Name = [...JP, { type: 'O', value: 'Kiban' }];
const HOLDER: Name = [...KIBAN, { type: 'CN', value: 'a' }];
const V6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const V6_64 = [...V6, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0];
export const SMTP_UTF8 = '1.3.6.1.5.5.7.8.9';

type Row = readonly [permitted: Buffer | undefined, excluded: Buffer | undefined, name: Buffer, fault: Fault, otherwise?: string];

const wildcard = 'compares the wildcard by its characters';
const syntax = 'does not look at the syntax of the name';

const dnsRows: Record<string, Row> = {
  'dNSName: the host itself': [dns('example.com'), undefined, dns('example.com'), undefined],
  'dNSName: a label added': [dns('example.com'), undefined, dns('www.example.com'), undefined],
  'dNSName: labels added, whatever the case': [dns('Example.com'), undefined, dns('a.b_c.eXample.COM'), undefined],
  'dNSName: not only characters added': [dns('example.com'), undefined, dns('notexample.com'), 'NAME_NOT_PERMITTED'],
  'dNSName: label taken away': [dns('www.example.com'), undefined, dns('example.com'), 'NAME_NOT_PERMITTED'],
  'dNSName: excluded host': [undefined, dns('example.com'), dns('example.com'), 'NAME_EXCLUDED'],
  'dNSName: excluded below': [undefined, dns('example.com'), dns('A.EXAMPLE.com'), 'NAME_EXCLUDED'],
  'dNSName: beside the excluded': [undefined, dns('example.com'), dns('notexample.com'), undefined],
  'dNSName: A-labels': [dns('XN--EXA-9L4E.jp'), undefined, dns('www.xn--exa-9l4e.JP'), undefined],
  'dNSName: the empty base permits all': [dns(''), undefined, dns('example.com'), undefined],
  'dNSName: the empty base excludes all': [undefined, dns(''), dns('example.com'), 'NAME_EXCLUDED'],
  'dNSName: wildcard inside': [dns('example.com'), undefined, dns('*.example.com'), undefined],
  'dNSName: wildcard that is wider': [dns('www.example.com'), undefined, dns('*.example.com'), 'NAME_NOT_PERMITTED'],
  'dNSName: wildcard that stands for the excluded': [undefined, dns('www.example.com'), dns('*.example.com'), 'NAME_EXCLUDED', wildcard],
  'dNSName: wildcard below the excluded': [undefined, dns('example.com'), dns('*.www.example.com'), 'NAME_EXCLUDED'],
  'dNSName: wildcard too short for the excluded': [undefined, dns('a.www.example.com'), dns('*.example.com'), undefined],
  'dNSName: wildcard beside the excluded': [undefined, dns('www.example.com'), dns('*.example.org'), undefined],
  'dNSName: leading dot permits nothing': [dns('.example.com'), undefined, dns('www.example.com'), 'NAME_NOT_PERMITTED', 'gives it a meaning'],
  'dNSName: leading dot excludes what is below': [undefined, dns('.example.com'), dns('www.example.com'), 'NAME_EXCLUDED'],
  'dNSName: leading dot excludes the wildcard': [undefined, dns('.example.com'), dns('*.example.com'), 'NAME_EXCLUDED'],
  'dNSName: leading dot does not exclude the host': [undefined, dns('.example.com'), dns('example.com'), undefined],
  'dNSName: final dot in a name': [undefined, dns('example.org'), dns('example.com.'), 'NAME_EXCLUDED', syntax],
  'dNSName: empty label in a name': [dns(''), undefined, dns('a..example.com'), 'NAME_NOT_PERMITTED', syntax],
  'dNSName: part of a label as wildcard': [dns('example.com'), undefined, dns('w*.example.com'), 'NAME_NOT_PERMITTED', syntax],
  'dNSName: two wildcards': [dns('example.com'), undefined, dns('*.*.example.com'), 'NAME_NOT_PERMITTED', syntax],
  'dNSName: an address': [dns(''), undefined, dns('192.0.2.1'), 'NAME_NOT_PERMITTED', syntax],
  'dNSName: NUL in a name': [dns('example.com'), undefined, dns('a\u0000.example.com'), 'NAME_NOT_PERMITTED', syntax],
  'dNSName: label of 64': [dns('example.com'), undefined, dns(`${'a'.repeat(64)}.example.com`), 'NAME_NOT_PERMITTED', syntax],
};

const addressing = 'looks only for the host in text';

const mailRows: Record<string, Row> = {
  'rfc822Name: the mailbox': [mail('root@example.com'), undefined, mail('root@EXAMPLE.com'), undefined],
  'rfc822Name: another mailbox': [mail('root@example.com'), undefined, mail('toor@example.com'), 'NAME_NOT_PERMITTED'],
  'rfc822Name: local parts have case (7.5)': [mail('root@example.com'), undefined, mail('Root@example.com'), 'NAME_NOT_PERMITTED'],
  'rfc822Name: at the host': [mail('Example.com'), undefined, mail('any@example.com'), undefined],
  'rfc822Name: a host is not a domain': [mail('example.com'), undefined, mail('any@mail.example.com'), 'NAME_NOT_PERMITTED'],
  'rfc822Name: in the domain': [mail('.example.com'), undefined, mail('any@a.mail.EXAMPLE.com'), undefined],
  'rfc822Name: a domain is not its host': [mail('.example.com'), undefined, mail('any@example.com'), 'NAME_NOT_PERMITTED'],
  'rfc822Name: excluded mailbox': [undefined, mail('root@example.com'), mail('root@example.com'), 'NAME_EXCLUDED'],
  'rfc822Name: excluded mailbox in quotes': [undefined, mail('root@example.com'), mail('"r\\oot"@example.com'), 'NAME_EXCLUDED', addressing],
  'rfc822Name: excluded in quotes': [undefined, mail('"root"@example.com'), mail('root@example.com'), 'NAME_EXCLUDED', addressing],
  'rfc822Name: excluded host': [undefined, mail('example.com'), mail('a@example.com'), 'NAME_EXCLUDED'],
  'rfc822Name: excluded host in the local part': [undefined, mail('example.com'), mail('"a@example.com"@example.org'), undefined],
  'rfc822Name: excluded domain': [undefined, mail('.example.com'), mail('a@b.example.com'), 'NAME_EXCLUDED'],
  'rfc822Name: beside the excluded': [undefined, mail('.example.com'), mail('a@example.com'), undefined],
  'rfc822Name: the empty base excludes all': [undefined, mail(''), mail('a@example.com'), 'NAME_EXCLUDED', 'takes it for a host'],
  'rfc822Name: no mailbox': [mail('example.com'), undefined, mail('example.com'), 'NAME_NOT_PERMITTED'],
  'rfc822Name: local part of 65': [mail('example.com'), undefined, mail(`${'a'.repeat(65)}@example.com`), 'NAME_NOT_PERMITTED', syntax],
  'rfc822Name: two @': [undefined, mail('example.org'), mail('a@b@example.com'), 'NAME_EXCLUDED', syntax],
  'rfc822Name: at an address': [undefined, mail('example.org'), mail('a@[192.0.2.1]'), 'NAME_EXCLUDED', syntax],
  'SmtpUTF8Mailbox: at the host (RFC 9598 6)': [mail('example.com'), undefined, otherName(SMTP_UTF8, '医生@example.com'), undefined],
  'SmtpUTF8Mailbox: elsewhere': [mail('example.com'), undefined, otherName(SMTP_UTF8, '医生@example.org'), 'NAME_NOT_PERMITTED'],
  'SmtpUTF8Mailbox: excluded': [undefined, mail('.example.com'), otherName(SMTP_UTF8, '医生@a.example.com'), 'NAME_EXCLUDED', 'misses it'],
  'otherName of another type is no mailbox': [mail('example.com'), undefined, otherName('1.2.3', 'a@example.org'), undefined],
  'SmtpUTF8Mailbox: U-label': [undefined, mail('example.com'), otherName(SMTP_UTF8, '医生@例え.jp'), 'NAME_EXCLUDED', 'converts the label'],
};

const unqualified = 'takes any host for a qualified one';

const uriRows: Record<string, Row> = {
  'URI: the host': [uri('host.example.com'), undefined, uri('http://HOST.example.com:80/a?b#c'), undefined],
  'URI: a host is not a domain': [uri('example.com'), undefined, uri('http://host.example.com/'), 'NAME_NOT_PERMITTED'],
  'URI: labels added to a domain': [uri('.example.com'), undefined, uri('ldap://a.b.example.com'), undefined],
  'URI: a domain is not its host': [uri('.example.com'), undefined, uri('http://example.com/'), 'NAME_NOT_PERMITTED'],
  'URI: excluded host': [undefined, uri('example.com'), uri('https://example.com'), 'NAME_EXCLUDED'],
  'URI: excluded domain': [undefined, uri('.example.com'), uri('https://www.example.com?x'), 'NAME_EXCLUDED', 'reads on to the next solidus'],
  'URI: query after the host': [uri('.example.com'), undefined, uri('https://www.example.com?x'), undefined, 'reads on to the next solidus'],
  'URI: fragment after the host': [uri('.example.com'), undefined, uri('a://www.example.com#x'), undefined, 'reads on to the next solidus'],
  'URI: beside the excluded': [undefined, uri('.example.com'), uri('https://www.example.org/.example.com'), undefined],
  'URI: host after user information': [uri('example.com'), undefined, uri('http://a:b@example.com/'), undefined, 'reads no user information'],
  'URI: user information is no host': [uri('example.com'), undefined, uri('http://example.com@example.org/'), 'NAME_NOT_PERMITTED'],
  'URI: no authority': [undefined, uri('example.com'), uri('urn:example:a'), 'NAME_EXCLUDED'],
  'URI: IPv4 host': [undefined, uri('example.com'), uri('http://192.0.2.1/'), 'NAME_EXCLUDED', unqualified],
  'URI: number as host': [undefined, uri('example.com'), uri('http://a.0x7f/'), 'NAME_EXCLUDED', unqualified],
  'URI: IPv6 host': [undefined, uri('example.com'), uri('http://[2001:db8::1]/'), 'NAME_EXCLUDED', unqualified],
  'URI: one label': [undefined, uri('example.com'), uri('http://localhost/'), 'NAME_EXCLUDED', unqualified],
  'URI: port of no digits': [undefined, uri('example.com'), uri('http://example.org:a/'), 'NAME_EXCLUDED', unqualified],
  'URI: two ports': [undefined, uri('example.com'), uri('http://example.org:1:2/'), 'NAME_EXCLUDED', unqualified],
  'URI: no scheme': [undefined, uri('example.com'), uri('://example.org/'), 'NAME_EXCLUDED', unqualified],
  'URI: percent in the host': [undefined, uri('example.com'), uri('http://ex%61mple.com/'), 'NAME_EXCLUDED', unqualified],
  'URI: reverse solidus': [undefined, uri('example.com'), uri('http://example.com\\@example.org/'), 'NAME_EXCLUDED', unqualified],
  'URI: the empty base': [undefined, uri(''), uri('http://example.com/'), 'NAME_EXCLUDED', 'takes it for a host'],
};

const addressRows: Record<string, Row> = {
  'iPAddress: inside': [ip(192, 0, 2, 0, 255, 255, 255, 0), undefined, ip(192, 0, 2, 77), undefined],
  'iPAddress: outside': [ip(192, 0, 2, 0, 255, 255, 255, 0), undefined, ip(192, 0, 3, 77), 'NAME_NOT_PERMITTED'],
  'iPAddress: mask inside an octet': [ip(10, 0, 32, 0, 255, 255, 224, 0), undefined, ip(10, 0, 63, 255), undefined],
  'iPAddress: outside by a bit': [ip(10, 0, 32, 0, 255, 255, 224, 0), undefined, ip(10, 0, 64, 0), 'NAME_NOT_PERMITTED'],
  'iPAddress: excluded': [undefined, ip(10, 0, 0, 0, 255, 0, 0, 0), ip(10, 1, 2, 3), 'NAME_EXCLUDED'],
  'iPAddress: all excluded': [undefined, ip(0, 0, 0, 0, 0, 0, 0, 0), ip(10, 1, 2, 3), 'NAME_EXCLUDED'],
  'iPAddress: one address': [ip(10, 1, 2, 3, 255, 255, 255, 255), undefined, ip(10, 1, 2, 3), undefined],
  'iPAddress: IPv6 inside': [ip(...V6_64), undefined, ip(...V6, 9), undefined],
  'iPAddress: IPv6 outside': [ip(...V6_64), undefined, ip(0x30, ...V6.slice(1), 9), 'NAME_NOT_PERMITTED'],
  'iPAddress: IPv4 permitted only': [ip(0, 0, 0, 0, 0, 0, 0, 0), undefined, ip(...V6, 9), 'NAME_NOT_PERMITTED'],
  'iPAddress: IPv6 excluded only': [undefined, ip(...V6_64), ip(32, 1, 13, 184), undefined],
};

function registered(arc: number): Buffer {
  return contextPrimitive(8, Buffer.from([0x2a, arc]));
}

/** Constraints on forms for which nobody defines what they mean. */
const unreadRows: Record<string, Row> = {
  'otherName permitted': [otherName('1.2.3', 'a'), undefined, otherName('1.2.3', 'a'), 'NAME_NOT_PERMITTED'],
  'otherName excluded': [undefined, otherName('1.2.3', 'a'), otherName('1.2.3', 'b'), 'NAME_EXCLUDED'],
  'registeredID permitted': [registered(3), undefined, registered(3), 'NAME_NOT_PERMITTED'],
  'registeredID excluded': [undefined, registered(3), registered(4), 'NAME_EXCLUDED'],
};

function listOf(base: Buffer | undefined): Buffer[] {
  return base === undefined ? [] : [base];
}

function simple([title, [permitted, excluded, name, fault, otherwise]]: [string, Row]): ConstraintCase {
  const found = whole([title, [listOf(permitted), listOf(excluded), named(name), fault]]);
  return otherwise === undefined ? found : { ...found, otherwise };
}

const email: Name = [...KIBAN, { type: 'emailAddress', value: 'a@example.org' }];
const OTHER_WRITING: Name = [...JP, { type: 'O', value: ' kIBAN', encoding: 'printable' }];
const EDI = (party: string): Buffer => contextConstructed(5, contextConstructed(1, ia5String(party)));

type WholeRow = readonly [permitted: readonly Buffer[], excluded: readonly Buffer[], certificate: NamedCertificate, fault: Fault];

function named(...alternativeNames: readonly Buffer[]): NamedCertificate {
  return { alternativeNames };
}

const wholeRows: Record<string, WholeRow> = {
  'directoryName: subject inside': [[directory(KIBAN)], [], { subject: HOLDER }, undefined],
  'directoryName: subject is the base': [[directory(KIBAN)], [], { subject: KIBAN }, undefined],
  'directoryName: subject outside (JPKI B10)': [[directory(KIBAN)], [], { subject: JP }, 'NAME_NOT_PERMITTED'],
  'directoryName: subject excluded (JPKI B11)': [[], [directory(KIBAN)], { subject: HOLDER }, 'NAME_EXCLUDED'],
  'directoryName: excluded in another writing': [[], [directory(OTHER_WRITING)], { subject: HOLDER }, 'NAME_EXCLUDED'],
  'directoryName: an empty subject is not judged': [[directory(KIBAN)], [], named(dns('example.com')), undefined],
  'directoryName: alternative name outside': [[directory(KIBAN)], [], { subject: HOLDER, ...named(directory(JP)) }, 'NAME_NOT_PERMITTED'],
  'directoryName: the empty base': [[], [directory([])], { subject: HOLDER }, 'NAME_EXCLUDED'],
  'emailAddress in the subject, no alternative name': [[mail('example.com')], [], { subject: email }, 'NAME_NOT_PERMITTED'],
  'emailAddress in the subject, excluded': [[], [mail('example.org')], { subject: email }, 'NAME_EXCLUDED'],
  'emailAddress in the subject, permitted': [[mail('example.org')], [], { subject: email }, undefined],
  'no name of the constrained form': [[dns('example.com')], [], { subject: HOLDER, ...named(mail('a@example.org')) }, undefined],
  'a commonName is no dNSName': [[dns('example.com')], [], { subject: [{ type: 'CN', value: 'a b' }] }, undefined],
  'inside one of two': [[dns('example.org'), dns('example.com')], [], named(dns('a.example.com')), undefined],
  'every name counts': [[dns('example.com')], [], named(dns('a.example.com'), dns('example.org')), 'NAME_NOT_PERMITTED'],
  'permitted, but excluded': [[dns('example.com')], [dns('b.example.com')], named(dns('b.example.com')), 'NAME_EXCLUDED'],
  'x400Address constrained, no name of it': [[], [contextConstructed(3, sequence())], named(dns('a.example.com')), undefined],
  'ediPartyName excluded': [[], [EDI('a')], named(EDI('b')), 'NAME_EXCLUDED'],
};

function whole([title, [permitted, excluded, certificate, fault]]: [string, WholeRow]): ConstraintCase {
  return {
    title,
    ...(permitted.length === 0 ? {} : { permitted }),
    ...(excluded.length === 0 ? {} : { excluded }),
    certificate,
    ...(fault === undefined ? {} : { fault }),
  };
}

export const CONSTRAINT_CASES: readonly ConstraintCase[] = [
  ...[dnsRows, mailRows, uriRows, addressRows, unreadRows].flatMap((rows) => Object.entries(rows).map(simple)),
  ...Object.entries(wholeRows).map(whole),
];
