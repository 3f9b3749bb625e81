import type { InquiryItem } from '#contracts/juki-net';
import { IndividualNumber, ResidentCode, type LocalDate } from '#kernel';
import type { Ctx } from '#platform';
import { isReached, type KeyKind, type Reach } from '../inquiry/grant.js';
import { fitsPlace, type FoundPerson, resultOf, type Tells, toldOf } from '../inquiry/inquiry.js';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import { isOwnResident } from '../prefecture/server.js';
import type { AnsweredLine, BatchLine } from './batch.js';

/** An answer and whom it is about, if one person was found. */
export interface TellableLine extends AnsweredLine {
  readonly personKey?: string;
  /** Who was found beyond the reach of the grant, and is told to nobody. */
  readonly outside?: string;
}

export interface Permitted extends Tells {
  readonly protectiveExempt: boolean;
  readonly reach: Reach;
  /** What is said of whom the reach leaves out: a schedule's strangers are as if they were not, others are not permitted (JUKI-4.7). */
  readonly beyond: '10' | '40';
  items(keyKind: KeyKind): { readonly items: readonly InquiryItem[] } | { readonly refusal: string };
}

/** The register that answers: the national one, or a prefecture's copy, which knows its own residents only and says `otherwise` of others. */
export interface Answering {
  readonly register: Pick<InquiryStore, 'byCodes' | 'byNumbers' | 'byFourItems'>;
  readonly otherwise?: '10' | '90';
}

interface Asked {
  readonly lines: readonly BatchLine[];
  readonly permitted: Permitted;
  readonly today: LocalDate;
}

type Found = FoundPerson | '10' | '11' | '30' | '31';

/** Finds whom the lines of a chunk mean, codes and numbers with one statement each, by the rules of single inquiries (JUKI-4.7, 7). In the order of the lines. */
export async function answerLines(ctx: Ctx, asked: Asked, answering: Answering): Promise<TellableLine[]> {
  const { lines, permitted } = asked;
  const found = new Map<BatchLine, Found>();
  await byCode(ctx, asked, answering, found);
  await byNumber(ctx, asked, answering, found);
  for (const line of lines.filter(({ keyKind }) => keyKind === 'FOUR_ITEMS')) found.set(line, await byFourItems(ctx, line, asked, answering));
  return lines.map((line) => tell(line, found.get(line) ?? '10', permitted, answering.otherwise));
}

async function byCode(ctx: Ctx, { lines, today }: Asked, { register }: Answering, found: Map<BatchLine, Found>): Promise<void> {
  const asked = checked(lines, 'RESIDENT_CODE', ({ code }) => ResidentCode.fault(code) !== undefined, found);
  const answers = asked.length === 0 ? [] : await register.byCodes(ctx.db, asked.map(({ code }) => code), today);
  for (const [index, line] of asked.entries()) {
    const answer = answers[index];
    found.set(line, answer === undefined ? '10' : answer.superseded ? '31' : answer.person);
  }
}

async function byNumber(ctx: Ctx, { lines, today }: Asked, { register }: Answering, found: Map<BatchLine, Found>): Promise<void> {
  const asked = checked(lines, 'INDIVIDUAL_NUMBER', ({ number }) => IndividualNumber.fault(number) !== undefined, found);
  const answers = asked.length === 0 ? [] : await register.byNumbers(ctx.db, asked.map(({ number }) => number), today);
  for (const [index, line] of asked.entries()) found.set(line, answers[index] ?? '10');
}

async function byFourItems(ctx: Ctx, line: BatchLine, { permitted, today }: Asked, { register, otherwise }: Answering): Promise<Found> {
  const { nameKana, nameKanji, birthDate, sex, address } = line;
  const asked = { nameKana: nameKana || undefined, nameKanji: nameKanji || undefined, birthDate, sex: sex || undefined };
  const { persons, more } = await register.byFourItems(ctx.db, asked, { today, ...permitted.reach });
  const known = persons.filter((person) => isReached(permitted.reach, person.municipalityCode) && (otherwise === undefined || isOwnResident(person.status)));
  const matching = known.filter((person) => fitsPlace(person, { addressPrefix: address || undefined, protectiveExempt: permitted.protectiveExempt }));
  const [first] = matching;
  if (more || matching.length > 1) return '11';
  return first ?? '10';
}

function checked(lines: readonly BatchLine[], keyKind: KeyKind, isWrong: (line: BatchLine) => boolean, found: Map<BatchLine, Found>): BatchLine[] {
  const asked: BatchLine[] = [];
  for (const line of lines) {
    if (line.keyKind !== keyKind) continue;
    if (isWrong(line)) found.set(line, '30');
    else asked.push(line);
  }
  return asked;
}

function tell(line: BatchLine, found: Found, permitted: Permitted, otherwise: Answering['otherwise']): TellableLine {
  const answer = permitted.items(line.keyKind);
  const without = (resultCode: TellableLine['resultCode']): TellableLine => ({ line, resultCode, told: {} });
  if ('refusal' in answer) return without('40');
  if (otherwise !== undefined && (found === '10' || (typeof found !== 'string' && !isOwnResident(found.status)))) return without(otherwise);
  if (typeof found === 'string') return without(found);
  if (!isReached(permitted.reach, found.municipalityCode)) return { ...without(permitted.beyond), outside: found.personKey };
  const resultCode = resultOf(found, { sinceDate: line.sinceDate, protectiveExempt: permitted.protectiveExempt });
  const { resultCode: _code, isProtected, ...told } = toldOf(found, resultCode, answer.items, permitted);
  return { line, resultCode, told, isProtected, personKey: found.personKey };
}
