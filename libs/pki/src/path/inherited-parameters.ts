import type { ParsedCertificate } from '../certificate/certificate.js';
import { oid } from '../der/oid.js';
import { DerCursor, oidOf, openSingle } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { sequence } from '../der/write.js';
import { ID_DSA } from '../key/public-key.js';
import { PkiError } from '../pki-error.js';
import { factsOf, fingerprintOf } from './certificate-facts.js';
import type { PathRequest } from './path.js';
import type { SignatureChecks } from './signature-checks.js';

const ID_DSA_DER = oid(ID_DSA);

interface DsaKey {
  /** Dss-Parms DER (RFC 3279 2.3.2); undefined where they are left to the issuer's. */
  readonly parameters: Buffer | undefined;
  /** BIT STRING DER. */
  readonly value: Buffer;
}

/** Undefined for a key of another kind, and for one that cannot be read. */
function dsaKeyOf({ spki }: ParsedCertificate): DsaKey | undefined {
  if (!spki.includes(ID_DSA_DER)) return undefined;
  try {
    const cursor = openSingle(spki, TAG.sequence);
    const algorithm = new DerCursor(cursor.read(TAG.sequence).content);
    if (oidOf(algorithm.read()) !== ID_DSA) return undefined;
    algorithm.readIf(TAG.null);
    return { parameters: algorithm.readIf(TAG.sequence)?.raw, value: cursor.read(TAG.bitString).raw };
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/**
 * The question with the parameters of those DSA keys that leave them to their issuer's: working_public_key_parameters of 6.1.4 (d) and (e). One key
 * only can have signed a certificate, so that what is inherited is the same on every path.
 */
export function withInheritedParameters(request: PathRequest, checks: SignatureChecks): PathRequest {
  const heirs = heirsByIssuer([request.target, ...request.intermediates]);
  if (heirs.size === 0) return request;
  const complete = new Map<string, ParsedCertificate>();
  const givers = [...request.anchors, ...request.intermediates];
  for (const giver of givers) {
    const parameters = dsaKeyOf(giver)?.parameters;
    const facts = parameters === undefined ? undefined : factsOf(giver);
    if (parameters === undefined || facts === undefined || 'unreadable' in facts) continue;
    for (const heir of heirs.get(facts.subjectKey) ?? []) {
      const value = dsaKeyOf(heir)?.value;
      if (value === undefined || complete.has(fingerprintOf(heir)) || checks.outcomeOf(heir, giver) !== 'SIGNED') continue;
      const whole = { ...heir, spki: sequence(sequence(ID_DSA_DER, parameters), value) };
      complete.set(fingerprintOf(heir), whole);
      givers.push(whole);
    }
  }
  const completed = (one: ParsedCertificate): ParsedCertificate => complete.get(fingerprintOf(one)) ?? one;
  return { ...request, target: completed(request.target), intermediates: request.intermediates.map(completed) };
}

function heirsByIssuer(bundle: readonly ParsedCertificate[]): Map<string, ParsedCertificate[]> {
  const heirs = new Map<string, ParsedCertificate[]>();
  for (const one of bundle) {
    const key = dsaKeyOf(one);
    const facts = key === undefined || key.parameters !== undefined ? undefined : factsOf(one);
    if (facts === undefined || 'unreadable' in facts) continue;
    const known = heirs.get(facts.issuerKey);
    if (known === undefined) heirs.set(facts.issuerKey, [one]);
    else known.push(one);
  }
  return heirs;
}
