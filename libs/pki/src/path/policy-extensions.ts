import { type ParsedCertificate, extensionOf } from '../certificate/certificate.js';
import { OID } from '../der/oid.js';
import { DerCursor, type DerValue, countOf, oidOf, openSingle, singleContent, valuesOf } from '../der/read.js';
import { TAG, contextTag } from '../der/tag.js';
import { PkiError } from '../pki-error.js';

/** anyPolicy (RFC 5280 4.2.1.4). */
export const ANY_POLICY = '2.5.29.32.0';

const USER_NOTICE = '1.3.6.1.5.5.7.2.2';

/** The extensions on policies (4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14). */
export interface PolicyFacts {
  readonly policies: readonly string[] | undefined;
  /** A qualifier that is neither CPS nor user notice. */
  readonly hasUnknownQualifier: boolean;
  /** subjectDomainPolicies by issuerDomainPolicy. */
  readonly mappings: ReadonlyMap<string, ReadonlySet<string>>;
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
  readonly inhibitAnyPolicy: number | undefined;
}

/** Items of a SEQUENCE SIZE (1..MAX) OF SEQUENCE. */
function itemsOf(value: Buffer, what: string): DerCursor[] {
  const items = valuesOf(singleContent(value, TAG.sequence));
  if (items.length === 0) throw new PkiError('BAD_CERTIFICATE', `${what} is empty`);
  return items.map(cursorOf);
}

function cursorOf(value: DerValue): DerCursor {
  if (value.tag !== TAG.sequence) throw new PkiError('BAD_DER', 'sequence expected');
  return new DerCursor(value.content);
}

function policiesOf(value: Buffer): Pick<PolicyFacts, 'policies' | 'hasUnknownQualifier'> {
  const policies = new Set<string>();
  let hasUnknownQualifier = false;
  for (const item of itemsOf(value, 'certificatePolicies')) {
    const policy = oidOf(item.read());
    // A policy must not stand there twice (4.2.1.4).
    if (policies.size === policies.add(policy).size) throw new PkiError('BAD_CERTIFICATE', `policy ${policy} stands twice (4.2.1.4)`);
    if (item.done) continue;
    for (const qualifier of itemsOf(item.read(TAG.sequence).raw, 'policyQualifiers')) {
      const kind = oidOf(qualifier.read());
      if (kind !== OID.cpsQualifier && kind !== USER_NOTICE) hasUnknownQualifier = true;
    }
    item.finish();
  }
  return { policies: [...policies], hasUnknownQualifier };
}

function mappingsOf(value: Buffer): ReadonlyMap<string, ReadonlySet<string>> {
  const mappings = new Map<string, Set<string>>();
  for (const item of itemsOf(value, 'policyMappings')) {
    const [issuerDomain, subjectDomain] = [oidOf(item.read()), oidOf(item.read())];
    item.finish();
    const found = mappings.get(issuerDomain);
    if (found === undefined) mappings.set(issuerDomain, new Set([subjectDomain]));
    else found.add(subjectDomain);
  }
  return mappings;
}

function constraintsOf(value: Buffer): Pick<PolicyFacts, 'requireExplicitPolicy' | 'inhibitPolicyMapping'> {
  const cursor = openSingle(value, TAG.sequence);
  const [explicit, mapping] = [cursor.readIf(contextTag(0)), cursor.readIf(contextTag(1))];
  cursor.finish();
  if (explicit === undefined && mapping === undefined) throw new PkiError('BAD_CERTIFICATE', 'policyConstraints is empty (4.2.1.11)');
  return {
    requireExplicitPolicy: explicit === undefined ? undefined : countOf(explicit.content),
    inhibitPolicyMapping: mapping === undefined ? undefined : countOf(mapping.content),
  };
}

/** Reads the extensions on policies. Faults `BAD_DER`, `BAD_CERTIFICATE`. */
export function policyFactsOf(certificate: ParsedCertificate): PolicyFacts {
  function valueOf(dotted: string): Buffer | undefined {
    return extensionOf(certificate, dotted)?.value;
  }
  const policies = valueOf(OID.certificatePolicies);
  const mappings = valueOf(OID.policyMappings);
  const constraints = valueOf(OID.policyConstraints);
  const inhibitAny = valueOf(OID.inhibitAnyPolicy);
  return {
    ...(policies === undefined ? { policies: undefined, hasUnknownQualifier: false } : policiesOf(policies)),
    mappings: mappings === undefined ? new Map() : mappingsOf(mappings),
    ...(constraints === undefined ? { requireExplicitPolicy: undefined, inhibitPolicyMapping: undefined } : constraintsOf(constraints)),
    inhibitAnyPolicy: inhibitAny === undefined ? undefined : countOf(singleContent(inhibitAny, TAG.integer)),
  };
}
