import { DerCursor, oidOf, singleContent, textOf } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { hostOf } from './host.js';
import { domainOf } from './host-forms.js';
import { EVERY_NAME, type NameForm, type Subtree, badConstraint, subtreeWhere } from './name-form.js';

/** id-on-SmtpUTF8Mailbox (RFC 9598 3). */
const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9';

/** Dot-string and Quoted-string of RFC 5321 4.1.2, with the characters beyond ASCII of RFC 6531 3.3. */
const DOT_STRING = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+(\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+)*$/u;
const QUOTED_STRING = /^"([ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])*"$/u;

/** `local-part@host`, the host in lower case (RFC 5280 7.5). Undefined for what is no mailbox, or whose host is an address. */
export function mailboxOf(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  // RFC 5321 4.5.3.1.1: a local part has at most 64 octets.
  if (at < 1 || at > 64) return undefined;
  const local = text.slice(0, at);
  const host = hostOf(text.slice(at + 1));
  return host !== undefined && (DOT_STRING.test(local) || QUOTED_STRING.test(local)) ? `${local}@${host}` : undefined;
}

function isAscii(content: Buffer): boolean {
  return content.every((octet) => octet < 0x80);
}

function hostSubtree(end: string): Subtree {
  return subtreeWhere((name) => name.endsWith(end));
}

/** One mailbox. Quotes can write the same local part in many ways, so that any at the same host may be the one. */
function mailboxSubtree(base: string): Subtree {
  const quoted = base.startsWith('"');
  const host = base.slice(base.lastIndexOf('@'));
  return {
    covers: (name) => name === base,
    touches: (name) => name === base || ((quoted || name.startsWith('"')) && name.endsWith(host)),
  };
}

/** rfc822Name: a constraint is a mailbox, a host (`example.com`) or, with a leading dot, all hosts below; the empty one holds all. */
export const MAILBOX_FORM: NameForm = {
  textOf: (content) => (isAscii(content) ? mailboxOf(content.toString('latin1')) : undefined),
  subtreeOf(content) {
    const text = content.toString('latin1');
    if (text === '') return EVERY_NAME;
    const domain = domainOf(text);
    if (domain !== undefined) return hostSubtree(domain);
    const host = hostOf(text);
    if (host !== undefined) return hostSubtree(`@${host}`);
    const mailbox = isAscii(content) ? mailboxOf(text) : undefined;
    if (mailbox === undefined) throw badConstraint('rfc822Name');
    return mailboxSubtree(mailbox);
  },
};

/**
 * The mailbox in an otherName of the type SmtpUTF8Mailbox, to which constraints on rfc822Name apply (RFC 9598 6). `mailbox` is undefined
 * when it is none, the whole answer when the otherName is of another type. Faults `BAD_DER`.
 */
export function smtpUtf8MailboxOf(otherName: Buffer): { readonly mailbox: string | undefined } | undefined {
  const cursor = new DerCursor(otherName);
  if (oidOf(cursor.read()) !== SMTP_UTF8_MAILBOX) return undefined;
  const content = singleContent(cursor.read(contextConstructedTag(0)).content, TAG.utf8String);
  cursor.finish();
  return { mailbox: mailboxOf(textOf({ tag: TAG.utf8String, content })) };
}
