import type { InquiryItem } from '#contracts/juki-net';
import { IndividualNumber, ResidentCode, type LocalDate } from '#kernel';
import type { Ctx } from '#platform';
import type { KeyKind } from '../inquiry/grant.js';
import { fitsPlace, type FoundPerson, resultOf, toldOf } from '../inquiry/inquiry.js';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import type { AnsweredLine, BatchLine } from './batch.js';

/** An answer and whom it is about, if one person was found. */
export interface TellableLine extends AnsweredLine {
  readonly personKey?: string;
}

export interface Permitted {
  readonly protectiveExempt: boolean;
  items(keyKind: KeyKind): { readonly items: readonly InquiryItem[] } | { readonly refusal: string };
}

interface Asked {
  readonly lines: readonly BatchLine[];
  readonly permitted: Permitted;
  readonly today: LocalDate;
}

type Found = FoundPerson | '10' | '11' | '30' | '31';

/** Finds whom the lines of a chunk mean, codes and numbers with one statement each, by the rules of single inquiries (JUKI-4.7). */
export class LineAnswerer {
  constructor(private readonly register: InquiryStore) {}

  /** In the order of the lines. */
  async answer(ctx: Ctx, { lines, permitted, today }: Asked): Promise<TellableLine[]> {
    const found = new Map<BatchLine, Found>();
    await this.byCode(ctx, lines, today, found);
    await this.byNumber(ctx, lines, today, found);
    for (const line of lines.filter(({ keyKind }) => keyKind === 'FOUR_ITEMS')) found.set(line, await this.byFourItems(ctx, line, { permitted, today }));
    return lines.map((line) => tell(line, found.get(line) ?? '10', permitted));
  }

  private async byCode(ctx: Ctx, lines: readonly BatchLine[], today: LocalDate, found: Map<BatchLine, Found>): Promise<void> {
    const asked = checked(lines, 'RESIDENT_CODE', ({ code }) => ResidentCode.fault(code) !== undefined, found);
    const answers = await this.register.byCodes(ctx.db, asked.map(({ code }) => code), today);
    for (const [index, line] of asked.entries()) {
      const answer = answers[index];
      found.set(line, answer === undefined ? '10' : answer.superseded ? '31' : answer.person);
    }
  }

  private async byNumber(ctx: Ctx, lines: readonly BatchLine[], today: LocalDate, found: Map<BatchLine, Found>): Promise<void> {
    const asked = checked(lines, 'INDIVIDUAL_NUMBER', ({ number }) => IndividualNumber.fault(number) !== undefined, found);
    const answers = await this.register.byNumbers(ctx.db, asked.map(({ number }) => number), today);
    for (const [index, line] of asked.entries()) found.set(line, answers[index] ?? '10');
  }

  private async byFourItems(ctx: Ctx, line: BatchLine, { permitted, today }: Omit<Asked, 'lines'>): Promise<Found> {
    const { nameKana, nameKanji, birthDate, sex, address } = line;
    const asked = { nameKana: nameKana || undefined, nameKanji: nameKanji || undefined, birthDate, sex: sex || undefined };
    const { persons, more } = await this.register.byFourItems(ctx.db, asked, { today, within: '' });
    const matching = persons.filter((person) => fitsPlace(person, { addressPrefix: address || undefined, protectiveExempt: permitted.protectiveExempt }));
    const [first] = matching;
    if (more || matching.length > 1) return '11';
    return first ?? '10';
  }
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

function tell(line: BatchLine, found: Found, permitted: Permitted): TellableLine {
  const answer = permitted.items(line.keyKind);
  if ('refusal' in answer) return { line, resultCode: '40', told: {} };
  if (typeof found === 'string') return { line, resultCode: found, told: {} };
  const resultCode = resultOf(found, { sinceDate: line.sinceDate, protectiveExempt: permitted.protectiveExempt });
  const { resultCode: _code, ...told } = toldOf(found, resultCode, answer.items);
  return { line, resultCode, told, personKey: found.personKey };
}
