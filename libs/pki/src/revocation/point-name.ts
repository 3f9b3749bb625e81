import type { DistributionPointName } from '../crl/issuing-distribution-point.js';
import { type DerValue, singleContent, textOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { sequence, tlv } from '../der/write.js';
import { nameKeyOf } from '../name/same-name.js';
import { uriKeyOf } from './uri-key.js';

/** Key of a GeneralName: two are the same exactly when their keys are equal (RFC 5280 section 7). Forms that no point has: octets. */
function generalNameKeyOf({ tag, raw, content }: DerValue): string {
  switch (tag) {
    case contextConstructedTag(4):
      return `directory ${nameKeyOf(content)}`;
    case contextTag(6):
      return `uri ${uriKeyOf(textOf({ tag: TAG.ia5String, content }))}`;
    case contextTag(2):
      return `dns ${textOf({ tag: TAG.ia5String, content }).toLowerCase()}`;
    default:
      return `octets ${raw.toString('hex')}`;
  }
}

/** Keys of the names; faults as `nameKeyOf` on a directory name that is malformed. */
export function generalNameKeys(names: readonly DerValue[]): ReadonlySet<string> {
  return new Set(names.map(generalNameKeyOf));
}

/** Keys of a distribution point name, one relative to the CRL issuer completed by its name (RFC 5280 4.2.1.13, 5.2.5). */
export function pointNameKeys(name: DistributionPointName, crlIssuerDer: Buffer): ReadonlySet<string> {
  if (name.kind === 'full') return generalNameKeys(name.names);
  const whole = sequence(singleContent(crlIssuerDer, TAG.sequence), tlv(TAG.set, name.attributes));
  return new Set([`directory ${nameKeyOf(whole)}`]);
}

/** Names of the directory among GeneralNames, as DER. */
export function directoryNamesOf(names: readonly DerValue[]): Buffer[] {
  return names.filter(({ tag }) => tag === contextConstructedTag(4)).map(({ content }) => content);
}

/** Whether the sets have a key in common. */
export function haveCommon(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const key of some) if (others.has(key)) return true;
  return false;
}
