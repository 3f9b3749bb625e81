import { type ParsedCertificate, extensionOf } from '../certificate/certificate.js';
import { OID } from '../der/oid.js';
import { DerCursor, type DerValue, openSingle, smallIntegerOf, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { ADDRESS_FORM } from './address-form.js';
import { NAME_TAG, alternativeNamesOf } from './alternative-name.js';
import { DNS_FORM, URI_FORM } from './host-forms.js';
import { MAILBOX_FORM, mailboxOf, smtpUtf8MailboxOf } from './mailbox-form.js';
import { EVERY_NAME, type NameForm, type Subtree, subtreeWhere } from './name-form.js';
import { isInSubtree, nameKeyOf } from './same-name.js';

/** Comparisons of a name with a subtree for one certificate; the names of a certificate and the subtrees above it multiply. */
export const MAX_COMPARISONS = 250_000;

const DIRECTORY_FORM: NameForm = {
  textOf: nameKeyOf,
  subtreeOf(content) {
    const base = nameKeyOf(content);
    return subtreeWhere((name) => isInSubtree(name, base));
  },
};

/** Forms whose constraints nobody defines: who imposes one has the names of that form refused (RFC 5280 4.2.1.10). */
const UNREAD_FORM: NameForm = { textOf: () => undefined, subtreeOf: () => EVERY_NAME };

const FORMS: ReadonlyMap<number, NameForm> = new Map([
  [NAME_TAG.otherName, UNREAD_FORM],
  [NAME_TAG.rfc822Name, MAILBOX_FORM],
  [NAME_TAG.dnsName, DNS_FORM],
  [NAME_TAG.x400Address, UNREAD_FORM],
  [NAME_TAG.directoryName, DIRECTORY_FORM],
  [NAME_TAG.ediPartyName, UNREAD_FORM],
  [NAME_TAG.uri, URI_FORM],
  [NAME_TAG.ipAddress, ADDRESS_FORM],
  [NAME_TAG.registeredId, UNREAD_FORM],
]);

function formOf(tag: number): NameForm {
  const form = FORMS.get(tag);
  if (form === undefined) throw new PkiError('BAD_DER', `not a GeneralName (tag 0x${tag.toString(16)})`);
  return form;
}

/** A name to be judged: tag of its form, and its text unless it is malformed or of a form that is not evaluated. */
interface GivenName {
  readonly tag: number;
  readonly text: string | undefined;
}

/** Subtrees by the tag of their form. */
type Subtrees = ReadonlyMap<number, readonly Subtree[]>;

interface Constraints {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
}

function subtreesOf(list: DerValue | undefined): Subtrees {
  const subtrees = new Map<number, Subtree[]>();
  if (list === undefined) return subtrees;
  for (const value of valuesOf(list.content)) {
    if (value.tag !== TAG.sequence) throw new PkiError('BAD_DER', 'subtree is not a SEQUENCE');
    const cursor = new DerCursor(value.content);
    const base = cursor.read();
    const minimum = cursor.readIf(contextTag(0));
    // A maximum is left over: this profile has none, and only the minimum 0.
    cursor.finish();
    if (minimum !== undefined && smallIntegerOf(minimum.content) !== 0) throw new PkiError('BAD_DER', 'subtree has a minimum');
    const subtree = formOf(base.tag).subtreeOf(base.content);
    const known = subtrees.get(base.tag);
    if (known === undefined) subtrees.set(base.tag, [subtree]);
    else known.push(subtree);
  }
  if (subtrees.size === 0) throw new PkiError('BAD_DER', 'empty list of subtrees');
  return subtrees;
}

/** NameConstraints (RFC 5280 4.2.1.10). */
function constraintsOf(der: Buffer): Constraints {
  const cursor = openSingle(der, TAG.sequence);
  const permitted = cursor.readIf(contextConstructedTag(0));
  const excluded = cursor.readIf(contextConstructedTag(1));
  cursor.finish();
  if (permitted === undefined && excluded === undefined) throw new PkiError('BAD_DER', 'empty name constraints');
  return { permitted: subtreesOf(permitted), excluded: subtreesOf(excluded) };
}

function namesIn(value: DerValue): GivenName[] {
  const name = { tag: value.tag, text: formOf(value.tag).textOf(value.content) };
  const smtp = value.tag === NAME_TAG.otherName ? smtpUtf8MailboxOf(value.content) : undefined;
  return smtp === undefined ? [name] : [name, { tag: NAME_TAG.rfc822Name, text: smtp.mailbox }];
}

/** The names that RFC 5280 4.2.1.10 has judged: a subject that is not empty, the alternative names, and mail addresses of old. */
function namesOf(certificate: ParsedCertificate): GivenName[] {
  const alternatives = alternativeNamesOf(certificate);
  const names = alternatives.flatMap(namesIn);
  const subject = nameKeyOf(certificate.subjectDer);
  if (subject !== '') names.push({ tag: NAME_TAG.directoryName, text: subject });
  if (alternatives.some(({ tag }) => tag === NAME_TAG.rfc822Name)) return names;
  const addresses = certificate.subject.filter(({ type }) => type === 'emailAddress');
  return [...names, ...addresses.map(({ value }) => ({ tag: NAME_TAG.rfc822Name, text: mailboxOf(value) }))];
}

function isPermitted({ tag, text }: GivenName, permitted: Subtrees): boolean {
  const subtrees = permitted.get(tag);
  return subtrees === undefined || (text !== undefined && subtrees.some((subtree) => subtree.covers(text)));
}

function isExcluded({ tag, text }: GivenName, excluded: Subtrees): boolean {
  const subtrees = excluded.get(tag);
  return subtrees !== undefined && (text === undefined || subtrees.some((subtree) => subtree.touches(text)));
}

/**
 * Names that an authority may give, as narrowed along a path (RFC 5280 6.1.1 (b), (c); 6.1.4 (g)). Immutable. A name must be inside the
 * permitted subtrees of every narrowing, which is their intersection, and outside all excluded ones, which is their union.
 */
export class NameSpace {
  static readonly whole = new NameSpace([]);

  readonly #narrowings: readonly Constraints[];

  private constructor(narrowings: readonly Constraints[]) {
    this.#narrowings = narrowings;
  }

  /** Narrowed by the nameConstraints of a certificate; itself when there are none. Faults `BAD_CERTIFICATE` on malformed ones. */
  narrowedBy(certificate: ParsedCertificate): NameSpace {
    const found = extensionOf(certificate, OID.nameConstraints);
    if (found === undefined) return this;
    return new NameSpace([...this.#narrowings, parsingAs('BAD_CERTIFICATE', () => constraintsOf(found.value))]);
  }

  /**
   * First failing step of RFC 5280 6.1.3, (b) before (c), for the names of a certificate; that self-issued ones on the way are not judged
   * is the caller's part. A name that cannot be judged by a constraint on its form breaks it. Faults `BAD_CERTIFICATE` on alternative
   * names that cannot be read, `TOO_MUCH_WORK` beyond MAX_COMPARISONS.
   */
  faultOf(certificate: ParsedCertificate): 'NAME_NOT_PERMITTED' | 'NAME_EXCLUDED' | undefined {
    if (this.#narrowings.length === 0) return undefined;
    const names = parsingAs('BAD_CERTIFICATE', () => namesOf(certificate));
    this.#assertBounded(names);
    const permitted = this.#narrowings.every((step) => names.every((name) => isPermitted(name, step.permitted)));
    if (!permitted) return 'NAME_NOT_PERMITTED';
    return this.#narrowings.some((step) => names.some((name) => isExcluded(name, step.excluded))) ? 'NAME_EXCLUDED' : undefined;
  }

  #assertBounded(names: readonly GivenName[]): void {
    const lists = this.#narrowings.flatMap(({ permitted, excluded }) => [permitted, excluded]);
    let comparisons = 0;
    for (const { tag } of names) for (const list of lists) comparisons += list.get(tag)?.length ?? 0;
    if (comparisons > MAX_COMPARISONS) throw new PkiError('TOO_MUCH_WORK', 'names times name constraints');
  }
}
