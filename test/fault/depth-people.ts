import { createHash } from 'node:crypto';
import { addDays, localDateOf, ResidentCode } from '#kernel';

/** A resident of the depth campaign, as the municipality holds the record. */
export interface Person {
  readonly residentCode: string;
  readonly recordVersion: number;
  readonly nameKanji: string;
  readonly nameKana: string;
  readonly birthDate: string;
  readonly address: string;
  readonly changeReason: string;
}

export const TOWN = '990019';
export const NEXT_TOWN = '990027';
const CHANGE_DATE = '20151005';
const KANA = 'アイウエオカキクケコ';
const KANJI = '一二三四五六七八九十';
const BUCKETS = 100;
const EOL = '\r\n';

/** New residents of a round; no two of them have a name and a birth date in common, so that each can be matched. */
export function peopleOf(round: number, size: number): Person[] {
  const digits = [...String(round)].map(Number);
  return Array.from({ length: size }, (_, at) => ({
    residentCode: codeOf(round * 100_000 + at), recordVersion: 1, nameKanji: `見本　${digits.map((digit) => KANJI[digit]).join('')}`, nameKana: `ミホン　${digits.map((digit) => KANA[digit]).join('')}`,
    birthDate: addDays(localDateOf(1920, 1, 1), at).replaceAll('-', ''), address: `架空県試験市見本町${round}丁目${at + 1}番`, changeReason: '14',
  }));
}

export function codeOf(serial: number): string {
  return ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
}

export function noticeFile(people: readonly Person[]): string {
  const header = 'municipalSeq,residentCode,personSeq,changeReason,changeDate,nameKanji,nameKana,aliasName,birthDate,sex,address,townCode,postalCode,municipalityCode,previousMunicipalityCode';
  const rows = people.map(({ residentCode, nameKanji, nameKana, birthDate, address }) => [Number(residentCode.slice(2, 10)), residentCode, 1, '14', CHANGE_DATE, nameKanji, nameKana, '', birthDate, '1', address, '', '', TOWN, ''].join(','));
  return [header, ...rows, ''].join(EOL);
}

/** NREQ. */
export function numberFile(round: number, people: readonly Person[]): string {
  return ['lineNo,requestId,residentCode,kind,caseId,priority', ...people.map(({ residentCode }, at) => `${at + 1},depth-${round}-${at + 1},${residentCode},1,,`), ''].join(EOL);
}

/** IMIN, with rows of strangers. */
export function matchFile(people: readonly Person[], strangers: number): string {
  const rows = people.map(({ nameKana, nameKanji, birthDate, address }, at) => [`r-${at}`, nameKana, nameKanji, birthDate, '1', address, '20140401'].join(','));
  const unknown = Array.from({ length: strangers }, (_, at) => `s-${at},タニン　${KANA[at % 10]},他人　${KANJI[at % 10]},18${90 + (at % 10)}0101,2,架空県別市${at}番,20140401`);
  return ['ref,kana,kanji,DOB,sex,address,addressDate', ...rows, ...unknown, ''].join(EOL);
}

/** BREQ in its frame (JUKI-5.3). */
export function requestFrame(people: readonly Person[], grantId: string, reference: string): string {
  const lines = people.map(({ residentCode }, at) => `D,${at + 1},1,${residentCode},,,,,,,,r-${at + 1}`);
  const body = lines.map((line) => line + EOL).join('');
  return `H,BREQ,1,pension,juki-net,${grantId},${reference},2026-01-01T00:00:00Z,${lines.length}${EOL}${body}T,${lines.length},${createHash('sha256').update(body).digest('hex')}${EOL}`;
}

const leafOf = ({ residentCode, recordVersion, nameKanji, nameKana, birthDate, address, changeReason }: Person): string =>
  createHash('sha256').update('\0').update([residentCode, recordVersion, nameKanji, nameKana, birthDate, '1', TOWN, address, changeReason, CHANGE_DATE].join('\u001f')).digest('hex');

/** The municipality's side of a reconciliation (JUKI-4.6), written without the register's code. */
export function bucketsOf(people: readonly Person[]): { digest: string; count: number }[] {
  return Array.from({ length: BUCKETS }, (_, bucket) => {
    const own = inBucket(people, bucket);
    const digest = createHash('sha256').update(Buffer.of(1));
    for (const person of own) digest.update(leafOf(person), 'hex');
    return { digest: digest.digest('hex'), count: own.length };
  });
}

export function leavesOf(people: readonly Person[], bucket: number): string {
  return ['residentCode,recordVersion,leaf', ...inBucket(people, bucket).map((person) => `${person.residentCode},${person.recordVersion},${leafOf(person)}`)].join(EOL);
}

function inBucket(people: readonly Person[], bucket: number): Person[] {
  return people.filter(({ residentCode }) => Number(residentCode.slice(0, 2)) === bucket).sort((a, b) => (a.residentCode < b.residentCode ? -1 : 1));
}
