import { createRequire } from 'node:module';

// The package is CommonJS with a default export that its types declare as an ES module.
const canonicalize = createRequire(import.meta.url)('canonicalize') as (value: unknown) => string | undefined;

/** Canonical JSON (RFC 8785), so that equal values have equal texts, whoever writes them. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('value has no canonical JSON');
  return text;
}
