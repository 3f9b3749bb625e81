import { BINDING_ENTRY, bindingText, type BindingBlock } from '#contracts/municipal-issuer';
import { formatEra, localDateInJapan } from '#kernel';
import { pdfOf } from '#print';
import type { Shown } from '../certificate/certificate.js';
import type { Municipality } from '../municipality/municipality.store.js';
import { familyRegister, registerAddendum } from './family-register.js';
import { incomeTax } from './income-tax.js';
import { residentRecord } from './resident-record.js';
import { sealCertificate } from './seal-certificate.js';
import { Sheet, type Row } from './sheet.js';

/** What stands on a certificate between its title and who certifies it. */
export interface Contents {
  readonly title: string;
  /** Rows of one table stay together where they can. */
  readonly tables: readonly (readonly Row[])[];
  readonly clause: string;
}

/** For whom, when and for which request a form is made; `bind` makes its block once its pages are counted. */
export interface Issue {
  readonly municipality: Pick<Municipality, 'name' | 'mayor' | 'seal'>;
  readonly requestId: string;
  readonly issuedAt: Date;
  readonly bind: (pageCount: number) => BindingBlock;
}

/** A front as it leaves. */
export interface Rendered {
  readonly pdf: Buffer;
  readonly binding: BindingBlock;
}

/** The front of a certificate, which carries its binding block. The same contents and issue give the same octets. */
export async function formOf(shown: Shown, { municipality, requestId, issuedAt, bind }: Issue): Promise<Rendered> {
  const { title, tables, clause } = contentsOf(shown);
  let binding: BindingBlock | undefined;
  const pdf = await pdfOf({ title, author: municipality.name, at: issuedAt }, (doc) => {
    const sheet = new Sheet(doc, title);
    for (const rows of tables) sheet.table(rows);
    sheet.certify({ clause, date: formatEra(localDateInJapan(issuedAt)), mayor: `${municipality.name}長　${municipality.mayor}`, seal: Buffer.from(municipality.seal, 'base64') });
    binding = bind(sheet.number(requestId));
    return { [BINDING_ENTRY]: bindingText(binding) };
  });
  if (binding === undefined) throw new Error('a form was not drawn');
  return { pdf, binding };
}

function contentsOf(shown: Shown): Contents {
  switch (shown.type) {
    case 'RESIDENT_RECORD':
      return residentRecord(shown);
    case 'SEAL_CERT':
      return sealCertificate(shown);
    case 'INCOME_TAX_CERT':
      return incomeTax(shown);
    case 'FAMILY_REGISTER_FULL':
    case 'FAMILY_REGISTER_INDIVIDUAL':
      return familyRegister(shown);
    case 'REGISTER_ADDENDUM':
      return registerAddendum(shown);
  }
}
