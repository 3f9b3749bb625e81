import { nameType } from '#pki';

/** Attributes of RFC 4523 that are served; all of them are transferred with `;binary` (RFC 4522). */
export const CERTIFICATE_ATTRIBUTES = ['cACertificate', 'crossCertificatePair', 'authorityRevocationList', 'certificateRevocationList'] as const;
export type CertificateAttribute = (typeof CERTIFICATE_ATTRIBUTES)[number];
export type ListAttribute = 'authorityRevocationList' | 'certificateRevocationList';

const CERTIFICATE_OID: Readonly<Record<CertificateAttribute, string>> = {
  cACertificate: '2.5.4.37', authorityRevocationList: '2.5.4.38', certificateRevocationList: '2.5.4.39', crossCertificatePair: '2.5.4.40',
};

const ATTRIBUTE_BY_OID = new Map<string, string>([
  ['2.5.4.0', 'objectclass'],
  ...Object.entries(CERTIFICATE_OID).map(([name, dotted]): [string, string] => [dotted, name.toLowerCase()]),
]);

/** One spelling for an attribute description (RFC 4512 2.5), in lower case; options other than `binary` make it another attribute. */
export function attributeName(description: string): string {
  const [written = '', ...options] = description.toLowerCase().split(';');
  const type = ATTRIBUTE_BY_OID.get(written) ?? nameType(written)?.toLowerCase() ?? written;
  return [type, ...options.filter((option) => option !== 'binary')].join(';');
}

/** Structural class of an entry, by the type of its name (RFC 4519 3). */
const STRUCTURAL = new Map([['C', 'country'], ['CN', 'applicationProcess'], ['L', 'locality'], ['O', 'organization'], ['OU', 'organizationalUnit']]);

/** Object classes of an entry that only holds others together, of an authority, and of a list of holders' certificates (RFC 4523 4). */
export function objectClasses(type: string, role: 'container' | 'authority' | 'list'): string[] {
  if (role === 'list') return ['top', 'cRLDistributionPoint'];
  return ['top', STRUCTURAL.get(type) ?? 'applicationProcess', ...(role === 'authority' ? ['pkiCA'] : [])];
}
