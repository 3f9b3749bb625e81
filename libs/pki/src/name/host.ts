const LABEL = /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/;

/** The last label of a host name is alphabetic (RFC 1123 2.1); a number there, decimal or hexadecimal, makes it an address. */
const NUMBER = /^([0-9]+|0[Xx][0-9A-Fa-f]*)$/;

/**
 * Host name in the preferred syntax (RFC 1034 3.5, RFC 1123 2.1), in lower case; international names as their A-labels, `_` allowed as
 * it is in use. Undefined for anything else: addresses, wildcards, U-labels, an empty label, a final dot.
 */
export function hostOf(text: string): string | undefined {
  if (text.length > 253) return undefined;
  const labels = text.split('.');
  const wellFormed = labels.every((label) => label.length <= 63 && LABEL.test(label));
  return wellFormed && !NUMBER.test(labels.at(-1) ?? '') ? text.toLowerCase() : undefined;
}

/** What follows `*.` in a wildcard name, `*` being the whole left-most label (RFC 9525 6.3). Undefined for any other name. */
export function wildcardParentOf(text: string): string | undefined {
  return text.startsWith('*.') ? hostOf(text.slice(2)) : undefined;
}
