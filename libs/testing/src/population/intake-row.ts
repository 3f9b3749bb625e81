import type { LocalDate, MunicipalityCode } from '#kernel';
import { compactDate } from './compact-date.js';
import type { Household, Resident } from './household.js';

/** Columns of a municipality's file of change notices, in this order (JUKI-R4.2, JUKI-R5.3). */
export const INTAKE_COLUMNS = [
  'municipalSeq',
  'residentCode',
  'personSeq',
  'changeReason',
  'changeDate',
  'nameKanji',
  'nameKana',
  'aliasName',
  'birthDate',
  'sex',
  'address',
  'townCode',
  'postalCode',
  'municipalityCode',
  'previousMunicipalityCode',
] as const;

export type IntakeColumn = (typeof INTAKE_COLUMNS)[number];

/** One notice as text, every column present. */
export type IntakeRow = Readonly<Record<IntakeColumn, string>>;

export interface NoticeFacts {
  readonly municipality: MunicipalityCode;
  readonly municipalSeq: number;
  /** Code of JUKI-R4.3: `14` entry ex officio, `10` birth. */
  readonly changeReason: string;
  readonly changeDate: LocalDate;
}

/** The first notice of a resident (personSeq 1). The revealed code leaves here: the file is the wire to the network. */
export function intakeRow(household: Household, resident: Resident, facts: NoticeFacts): IntakeRow {
  return {
    municipalSeq: String(facts.municipalSeq),
    residentCode: resident.residentCode.reveal(),
    personSeq: '1',
    changeReason: facts.changeReason,
    changeDate: compactDate(facts.changeDate),
    nameKanji: resident.nameKanji,
    nameKana: resident.nameKana,
    aliasName: resident.aliasName ?? '',
    birthDate: resident.birthDate,
    sex: resident.sex,
    address: household.address,
    townCode: household.townCode ?? '',
    postalCode: household.postalCode,
    municipalityCode: facts.municipality,
    previousMunicipalityCode: '',
  };
}
