import { crlEntriesOf } from '../crl/crl-entries.js';
import type { ParsedCrl } from '../crl/crl.js';
import { nameText } from '../der/name.js';
import { integerContent } from '../der/write.js';
import { describeExtension } from './describe-extension.js';
import { fingerprint } from './describe-certificate.js';
import { type Described, algorithmText, hex, present } from './described.js';

/** Entries that are told; a list of a nation has millions. */
const MOST_ENTRIES = 100;

/** What a CRL says (RFC 5280 section 5), with its first entries and the number of all. Faults `BAD_CRL` at an entry that is not well formed. */
export function describeCrl(crl: ParsedCrl): Described {
  const entries: Described[] = [];
  let entryCount = 0;
  for (const { serial, revokedAt, reason, invalidityDate } of crlEntriesOf(crl)) {
    entryCount += 1;
    if (entryCount > MOST_ENTRIES) continue;
    const times = { revokedAt: revokedAt.toISOString(), invalidityDate: invalidityDate?.toISOString() };
    entries.push(present({ serial: hex(integerContent(serial)), reason, ...times }));
  }
  return present({
    kind: 'CRL',
    signatureAlgorithm: algorithmText(crl.signatureAlgorithm),
    issuer: nameText(crl.issuer),
    thisUpdate: crl.thisUpdate.toISOString(),
    nextUpdate: crl.nextUpdate?.toISOString(),
    extensions: crl.extensions.map(describeExtension),
    entryCount,
    entries,
    sha256: fingerprint(crl.der),
  });
}
