import { eraOfBirthDate, parseBirthDate, substituteForCertificate } from '#kernel';

/** The register's facts that a signature certificate shows. `birthDate` is YYYYMMDD with unknown parts 00. */
export interface HolderIdentity {
  readonly nameKanji: string;
  readonly aliasName?: string | undefined;
  readonly birthDate: string;
  readonly sex: string;
  readonly address: string;
  readonly foreignResident: boolean;
}

/** The six values of the subjectAltName of a signature certificate (JPKI 4.4). */
export interface FourAttributes {
  readonly name: string;
  readonly nameSubstitutes: string;
  readonly sex: string;
  readonly birthDate: string;
  readonly address: string;
  readonly addressSubstitutes: string;
}

export const BIRTH_DATE_CODE = /^[0-5][0-9]{8}$/;
export const SEX_CODE = /^[123]$/;

/** Four attributes in the repertoire of certificates, each replaced character flagged; both texts are counted in code points (JPKI 4.4 a, b). */
export function fourAttributesOf(holder: HolderIdentity): FourAttributes {
  const alias = holder.aliasName === undefined || holder.aliasName === '' ? '' : `（${holder.aliasName}）`;
  const name = substituteForCertificate(holder.nameKanji + alias);
  const address = substituteForCertificate(holder.address);
  return {
    name: name.text,
    nameSubstitutes: name.positions,
    sex: sexCode(holder.sex),
    birthDate: birthDateCode(holder.birthDate, holder.foreignResident),
    address: address.text,
    addressSubstitutes: address.positions,
  };
}

/** 1 male, 2 female, 3 unknown. */
export function sexCode(sex: string): string {
  return sex === '1' || sex === '2' ? sex : '3';
}

/**
 * Era digit and Gregorian date. The digit is 0 for foreign residents, who have no era in the register, and where the unknown
 * parts leave the era open (JPKI 4.4).
 */
export function birthDateCode(birthDate: string, foreignResident: boolean): string {
  if (foreignResident || birthDate.startsWith('0000')) return `0${birthDate}`;
  return `${eraOfBirthDate(parseBirthDate(birthDate))?.number ?? 0}${birthDate}`;
}

/** Whether a code of a certificate is well formed and its era is that of its date (JPKI 4.4 c). */
export function isBirthDateCode(code: string): boolean {
  if (!BIRTH_DATE_CODE.test(code)) return false;
  if (code.startsWith('0')) return true;
  const date = code.slice(1);
  return date === '00000000' || birthDateCode(date, false) === code;
}
