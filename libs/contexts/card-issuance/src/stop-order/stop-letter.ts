import { localDateInJapan, partsOfDate, type LocalDate } from '#kernel';
import { getPersons } from '#contracts/juki-net';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type BinaryAnswer, type Ctx, type InputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { StopOrderStore } from './stop-order.store.js';

const OTHER_LANGUAGES = {
  en: ['About the stop of your Individual Number Card', 'We were asked by telephone to stop your card and have stopped it. If it was not you who asked, bring the card and proof of identity to the counter of your municipality: only there the stop is lifted. If you lost it outside your home, please report it to the police; a new card needs the number of the report. We never ask for your 12-digit number.'],
  zh: ['关于停用您的个人编号卡', '我们接到电话要求，已停用您的卡片。如果不是您本人要求，请携带卡片和身份证明到市区町村窗口，只有在窗口才能解除停用。如在外遗失，请向警察报案，补办新卡需要受理编号。我们绝不会询问您的12位编号。'],
  ko: ['개인번호카드 일시 정지 안내', '전화 요청에 따라 귀하의 카드를 일시 정지하였습니다. 본인이 요청하지 않은 경우 카드와 본인 확인 서류를 지참하여 시구정촌 창구를 방문해 주십시오. 정지는 창구에서만 해제됩니다. 외출 중 분실한 경우 경찰에 신고해 주십시오. 새 카드에는 접수 번호가 필요합니다. 12자리 번호는 절대 여쭙지 않습니다.'],
  es: ['Sobre la suspensión de su Tarjeta de Número Individual', 'Se nos pidió por teléfono suspender su tarjeta y la hemos suspendido. Si no fue usted, lleve la tarjeta y un documento de identidad a la ventanilla de su municipio: solo allí se levanta la suspensión. Si la perdió fuera de casa, denúncielo a la policía; la tarjeta nueva requiere el número de la denuncia. Nunca pedimos su número de 12 dígitos.'],
  pt: ['Sobre a suspensão do seu Cartão de Número Individual', 'Pediram-nos por telefone que suspendêssemos o seu cartão e ele foi suspenso. Se não foi você, leve o cartão e um documento de identidade ao balcão do seu município: só lá a suspensão é levantada. Se o perdeu fora de casa, comunique à polícia; o novo cartão exige o número da ocorrência. Nunca pedimos o seu número de 12 dígitos.'],
} as const;
export const LETTER_LANGUAGES = ['ja', 'en', 'zh', 'ko', 'es', 'pt'] as const;

/** Whom a letter is for, and about what. */
export interface StopLetter {
  readonly nameKanji: string;
  readonly address: string;
  readonly stopOrderId: string;
  readonly stoppedOn: LocalDate;
  readonly today: LocalDate;
  readonly language: (typeof LETTER_LANGUAGES)[number];
}

/** The letter to the registered address about a doubtful stop, ready to print; Japanese, then the language of the holder (CARD-4.9). */
export function letterText({ nameKanji, address, stopOrderId, stoppedOn, today, language }: StopLetter): string {
  const date = (day: LocalDate): string => `${partsOfDate(day).year}年${partsOfDate(day).month}月${partsOfDate(day).day}日`;
  const japanese = [
    address, `${nameKanji}　様`, '', date(today), '', '個人番号カードの一時停止について', '',
    `${date(stoppedOn)}にお電話でのお申し出により、あなたの個人番号カードを一時停止しました。`,
    'お心当たりがない場合は、カードと本人確認書類をお持ちのうえ、お住まいの市区町村の窓口へお越しください。一時停止の解除は窓口でのみできます。',
    '外出先での紛失・盗難の場合は警察へ届け出てください。再交付には受理番号が必要です。', '12桁の個人番号をお伺いすることはありません。', '', `受付番号　${stopOrderId}`,
  ];
  return [...japanese, ...(language === 'ja' ? [] : ['', ...OTHER_LANGUAGES[language]])].map((line) => `${line}\r\n`).join('');
}

const spec = useCase({
  action: 'card-issuance.stop-order.letter-text', kind: 'question', summary: 'The letter about a doubtful stop with the registered name and address, as text ready to print',
  input: z.strictObject({ stopOrderId: z.uuid(), language: z.enum(LETTER_LANGUAGES).default('ja') }), output: z.custom<BinaryAnswer>(),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE'),
});

/** What is put into the envelope; that it left is told by the command of the same path. */
export class ShowStopLetter implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly orders: StopOrderStore,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { stopOrderId, language }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const order = found(await this.orders.find(ctx.db, stopOrderId));
    requireJurisdiction(ctx, order.municipalityCode);
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CALL_CENTRE' };
    const person = found((await this.peers.call(getPersons, call, { personKeys: [order.personKey] })).persons[0]);
    ctx.audit({ object: `stop-order:${stopOrderId}`, subjects: [order.personKey] });
    const { nameKanji, address } = person;
    const body = letterText({ nameKanji, address, stopOrderId, language, stoppedOn: localDateInJapan(order.placedAt), today: localDateInJapan(ctx.now) });
    return { contentType: 'text/plain; charset=utf-8', body: Buffer.from(body) };
  }
}
