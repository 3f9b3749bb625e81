import { BoundedCache } from '../bounded-cache.js';
import type { ParsedCertificate } from '../certificate/certificate.js';
import { CrlEntryCursor, type ParsedCrlEntry } from '../crl/crl-entries.js';
import { type ParsedCrl, isCrlSignedBy } from '../crl/crl.js';
import { singleContent, valuesOf } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { integerContent } from '../der/write.js';
import { nameKeyOf } from '../name/same-name.js';
import { PkiError } from '../pki-error.js';
import { directoryNamesOf, haveCommon, pointNameKeys } from './point-name.js';

/** What a CRL says about a certificate; one that has an entry out of order says nothing about any. */
export type Listing = { readonly usable: false } | { readonly usable: true; readonly entry?: ParsedCrlEntry };

/** Whether the name with this key is one of the directory names in a GeneralNames. */
function isAmong(generalNames: Buffer, nameKey: string): boolean {
  return directoryNamesOf(valuesOf(singleContent(generalNames, TAG.sequence))).some((name) => nameKeyOf(name) === nameKey);
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/** Entry for the serial and the issuer of the certificate (RFC 5280 5.3.3, 6.3.3 (i), (j)). All entries are read. Faults `BAD_CRL`. */
function entryOf(crl: ParsedCrl, certificate: ParsedCertificate): ParsedCrlEntry | undefined {
  const serial = integerContent(certificate.serial);
  const issuerKey = nameKeyOf(certificate.issuerDer);
  let issuer: Buffer | undefined;
  let isOurs = nameKeyOf(crl.issuerDer) === issuerKey;
  let found: ParsedCrlEntry | undefined;
  for (const cursor = new CrlEntryCursor(crl); cursor.move();) {
    if (!cursor.hasSerial(serial)) continue;
    const named = cursor.certificateIssuer;
    if (named !== undefined && named !== issuer) isOurs = isAmong(named, issuerKey);
    issuer = named;
    if (!isOurs) continue;
    const entry = cursor.entry();
    // Of two for one certificate, which no issuer should write, the one that revokes.
    if (found === undefined || found.reason === 'removeFromCRL') found = entry;
  }
  return found;
}

/** Keys asked about for one CRL, which hostile bundles could make any number of. */
const MAX_KEYS = 32;

/** Which keys signed a CRL and which did not, for all questions in which it stands, as long as somebody holds it. */
const signers = new WeakMap<ParsedCrl, BoundedCache<'yes' | 'no'>>();

function isSignedOnce(crl: ParsedCrl, spki: Buffer): boolean {
  const known = signers.get(crl) ?? new BoundedCache<'yes' | 'no'>(MAX_KEYS);
  signers.set(crl, known);
  const key = spki.toString('latin1');
  const answer = known.get(key) ?? (isCrlSignedBy(crl, spki) ? 'yes' : 'no');
  known.set(key, answer);
  return answer === 'yes';
}

/** A CRL with what was once found out about it: names, signers, and certificates searched for. */
export class IndexedCrl {
  readonly crl: ParsedCrl;
  #names: ReadonlySet<string> | undefined;
  readonly #listings = new Map<ParsedCertificate, Listing>();

  constructor(crl: ParsedCrl) {
    this.crl = crl;
  }

  /** Whether the CRL has no distribution point name, or one in common with these (RFC 5280 6.3.3 (b)(2)(i)). */
  isAtPoint(names: ReadonlySet<string>): boolean {
    const name = this.crl.issuingDistributionPoint?.name;
    if (name === undefined) return true;
    this.#names ??= orUndefined(() => pointNameKeys(name, this.crl.issuerDer)) ?? new Set();
    return haveCommon(this.#names, names);
  }

  /** Whether the signature is by the key; a CRL of many megabytes is digested once for each key. */
  isSignedBy(spki: Buffer): boolean {
    return isSignedOnce(this.crl, spki);
  }

  /** What it says about the certificate, found in one pass over the octets of its entries. */
  listingOf(certificate: ParsedCertificate): Listing {
    const known = this.#listings.get(certificate);
    const answer = known ?? this.#search(certificate);
    this.#listings.set(certificate, answer);
    return answer;
  }

  #search(certificate: ParsedCertificate): Listing {
    try {
      const entry = entryOf(this.crl, certificate);
      return entry === undefined ? { usable: true } : { usable: true, entry };
    } catch (error) {
      if (error instanceof PkiError) return { usable: false };
      throw error;
    }
  }
}

function byAge(a: ParsedCrl, b: ParsedCrl): number {
  return b.thisUpdate.getTime() - a.thisUpdate.getTime() || Number((b.number ?? -1n) - (a.number ?? -1n));
}

/** CRLs of one issuer, the newest first. */
export interface IssuerCrls {
  readonly complete: readonly IndexedCrl[];
  readonly delta: readonly IndexedCrl[];
}

const NONE: IssuerCrls = { complete: [], delta: [] };

/** CRLs by the name of their issuer, for one request. A CRL whose issuer name is malformed is left out. */
export class CrlIndex {
  readonly #byIssuer = new Map<string, { readonly complete: IndexedCrl[]; readonly delta: IndexedCrl[] }>();

  constructor(crls: readonly ParsedCrl[]) {
    for (const crl of [...crls].sort(byAge)) {
      const key = orUndefined(() => nameKeyOf(crl.issuerDer));
      if (key === undefined) continue;
      const known = this.#byIssuer.get(key) ?? { complete: [], delta: [] };
      (crl.baseNumber === undefined ? known.complete : known.delta).push(new IndexedCrl(crl));
      this.#byIssuer.set(key, known);
    }
  }

  /** CRLs of the issuer with this key of its name (`nameKeyOf`). */
  ofIssuer(issuerKey: string): IssuerCrls {
    return this.#byIssuer.get(issuerKey) ?? NONE;
  }
}
