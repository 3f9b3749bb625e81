import { formatEra } from '#kernel';
import type { Shown } from '../certificate/certificate.js';
import type { Contents } from './draw-form.js';

/** 印鑑登録証明書, with the image of the seal. */
export function sealCertificate({ resident, seal }: Extract<Shown, { type: 'SEAL_CERT' }>): Contents {
  return {
    title: '印鑑登録証明書',
    tables: [[
      [{ label: '印影', value: '', image: Buffer.from(seal.image, 'base64') }, { label: '登録番号\n\n登録年月日', value: `${seal.registrationNo}\n\n${formatEra(seal.registeredOn)}` }],
      [{ label: '氏名', value: resident.name }],
      [{ label: '生年月日', value: formatEra(resident.birthDate) }],
      [{ label: '住所', value: resident.address }],
    ]],
    clause: 'この写しは、登録されている印影と相違ないことを証明する。',
  };
}
