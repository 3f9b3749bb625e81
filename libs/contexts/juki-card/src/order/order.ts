import { addYears, localDateFault, municipalityCodeFault, toLocalDate, characterFault, type LocalDate } from '#kernel';
import { jukiCardProblems, type ORDER_STATES } from '#contracts/juki-card';

export type OrderState = (typeof ORDER_STATES)[number];

/** Columns of the order file and of the maker's answer (CARD-4.14). */
export const ORDER_COLUMNS = ['orderNo', 'municipalityCode', 'type', 'nameFace', 'addressFace', 'birthYmd', 'sex', 'photoRef', 'expiry'] as const;
export const ANSWER_COLUMNS = ['orderNo', 'cardNo', 'status', 'shippedOn'] as const;

const YEARS_VALID = 10;
const MOVES: Readonly<Record<Exclude<OrderState, 'REQUESTED'>, readonly OrderState[]>> = {
  ACCEPTED: ['REQUESTED'],
  PRINTED: ['ACCEPTED'],
  SHIPPED: ['PRINTED'],
  RECEIVED: ['SHIPPED'],
  HANDED_OVER: ['RECEIVED'],
  RETURNED_DEFECTIVE: ['RECEIVED'],
  CANCELLED: ['REQUESTED', 'ACCEPTED', 'PRINTED', 'SHIPPED', 'RECEIVED'],
};
export type MovedOrderState = keyof typeof MOVES;

/** Whether a state may follow another (CARD-3.8). Until it is handed over an order may be cancelled with a reason (CARD-4.14). */
export function mayFollow(from: OrderState, to: MovedOrderState): boolean {
  return MOVES[to].includes(from);
}

/** Refuses BAD_STATE. */
export function requireMove({ orderNo, state }: { readonly orderNo: string; readonly state: OrderState }, to: MovedOrderState): void {
  if (!mayFollow(state, to)) throw jukiCardProblems.refuse('BAD_STATE', { facts: { orderNo, state, to } });
}

/** What a card's face shows. */
export interface Face {
  readonly nameFace: string;
  readonly addressFace: string;
  readonly birthYmd: string;
  readonly sex: string;
  readonly photoRef: string;
}

export interface OrderRow {
  readonly orderNo: string;
  readonly municipalityCode: string;
  readonly type: 'A' | 'B';
  readonly face: Face;
  readonly expiry: LocalDate;
}

const ORDER_NO = /^[0-9A-Za-z-]{1,20}$/;
const LONGEST_NAME = 100;
const LONGEST_ADDRESS = 200;

/** Text that a face may show: not empty, NFC, without control characters. */
function isText(value: string, longest: number): boolean {
  return value !== '' && value.length <= longest && value === value.normalize('NFC') && characterFault(value) === undefined;
}

export interface RowFault {
  readonly column: string;
  readonly code: string;
}

/** Understands a row of the order file (CARD-4.14): type A has no photo, type B has one, and a card is valid for ten years at most. */
export function readOrder(fields: readonly string[], today: LocalDate): OrderRow | RowFault {
  const value = (column: (typeof ORDER_COLUMNS)[number]): string => fields[ORDER_COLUMNS.indexOf(column)] ?? '';
  const [orderNo, municipalityCode, type, birthYmd, expiry, photoRef] = [value('orderNo'), value('municipalityCode'), value('type'), value('birthYmd'), value('expiry'), value('photoRef')];
  const fault = (column: string, code: string): RowFault => ({ column, code });
  if (fields.length !== ORDER_COLUMNS.length) return fault('', 'COLUMN_COUNT');
  if (!ORDER_NO.test(orderNo)) return fault('orderNo', 'FORMAT');
  if (municipalityCodeFault(municipalityCode) !== undefined) return fault('municipalityCode', 'MUNICIPALITY');
  if (type !== 'A' && type !== 'B') return fault('type', 'TYPE');
  if (!isText(value('nameFace'), LONGEST_NAME)) return fault('nameFace', 'TEXT');
  if (!isText(value('addressFace'), LONGEST_ADDRESS)) return fault('addressFace', 'TEXT');
  if (!/^\d{8}$/.test(birthYmd)) return fault('birthYmd', 'DATE');
  if (!/^[1239]$/.test(value('sex'))) return fault('sex', 'SEX');
  if ((type === 'B') !== /^[0-9A-Za-z._-]{1,100}$/.test(photoRef)) return fault('photoRef', type === 'B' ? 'PHOTO_MISSING' : 'PHOTO_UNEXPECTED');
  if (type === 'A' && photoRef !== '') return fault('photoRef', 'PHOTO_UNEXPECTED');
  if (localDateFault(expiry) !== undefined) return fault('expiry', 'DATE');
  if (expiry <= today || expiry > addYears(today, YEARS_VALID)) return fault('expiry', 'VALIDITY');
  return { orderNo, municipalityCode, type, face: { nameFace: value('nameFace'), addressFace: value('addressFace'), birthYmd, sex: value('sex'), photoRef }, expiry: toLocalDate(expiry) };
}

export interface AnswerRow {
  readonly orderNo: string;
  readonly cardNo: string;
  readonly status: 'PRINTED' | 'SHIPPED';
  readonly shippedOn: LocalDate | null;
}

/** Understands a row of the maker's answer (CARD-4.14); the day stands with SHIPPED alone. */
export function readAnswer(fields: readonly string[], today: LocalDate): AnswerRow | RowFault {
  const [orderNo = '', cardNo = '', status = '', shippedOn = ''] = fields;
  if (fields.length !== ANSWER_COLUMNS.length) return { column: '', code: 'COLUMN_COUNT' };
  if (!ORDER_NO.test(orderNo)) return { column: 'orderNo', code: 'FORMAT' };
  if (!/^[0-9A-Z]{8,20}$/.test(cardNo)) return { column: 'cardNo', code: 'FORMAT' };
  if (status !== 'PRINTED' && status !== 'SHIPPED') return { column: 'status', code: 'STATUS' };
  if (status === 'PRINTED') return shippedOn === '' ? { orderNo, cardNo, status, shippedOn: null } : { column: 'shippedOn', code: 'UNEXPECTED' };
  if (localDateFault(shippedOn) !== undefined) return { column: 'shippedOn', code: 'DATE' };
  return shippedOn > today ? { column: 'shippedOn', code: 'FUTURE' } : { orderNo, cardNo, status, shippedOn: toLocalDate(shippedOn) };
}

/** State of a card that was handed over (CARD-4.14): valid to the day on its face, or until a number card takes its place. */
export function cardStateOn(card: { readonly expiry: LocalDate; readonly surrenderedOn: LocalDate | null }, today: LocalDate): 'VALID' | 'EXPIRED' | 'SURRENDERED' {
  if (card.surrenderedOn !== null) return 'SURRENDERED';
  return today > card.expiry ? 'EXPIRED' : 'VALID';
}
