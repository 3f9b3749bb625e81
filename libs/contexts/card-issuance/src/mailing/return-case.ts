import type { LocalDate } from '#kernel';
import type { RETURN_REASONS } from './mailing.js';

/** What the register says today about a member of an envelope that came back (CARD-8): UNKNOWN is nobody on record, HIDDEN a protected person of whom nothing is told. */
export const FINDINGS = ['DIED', 'MOVED_AWAY', 'MOVED_WITHIN', 'GONE_ABROAD', 'IN_TRANSIT', 'UNCHANGED', 'UNKNOWN', 'HIDDEN'] as const;
export type Finding = (typeof FINDINGS)[number];

interface Registered {
  readonly status: string;
  readonly municipalityCode: string;
  readonly address: string;
}

/** Why it may have come back: the register's facts of today against the envelope's municipality and destination. */
export function findingOf(envelope: { readonly municipalityCode: string; readonly address: string; readonly temporaryAddress: boolean }, person: Registered | undefined, isProtected: boolean): Finding {
  if (isProtected) return 'HIDDEN';
  if (person === undefined || person.status === 'DELETED' || person.status === 'CONFLICT') return 'UNKNOWN';
  if (person.status === 'DECEASED') return 'DIED';
  if (person.status === 'ABROAD') return 'GONE_ABROAD';
  if (person.status === 'IN_TRANSIT') return 'IN_TRANSIT';
  if (person.municipalityCode !== envelope.municipalityCode) return 'MOVED_AWAY';
  return envelope.temporaryAddress || person.address === envelope.address ? 'UNCHANGED' : 'MOVED_WITHIN';
}

/** What the municipality does next, the most cautious advice of the members first (Number Act art. 7; CARD-3.2). */
export const ADVICE = ['DECIDE_BY_HAND', 'ASK_NEW_MUNICIPALITY', 'REPOST_TO_PRESENT_ADDRESS', 'DISCARD_AFTER_RETENTION', 'INVITE_TO_COUNTER'] as const;
export type Advice = (typeof ADVICE)[number];

export function adviceOn(findings: readonly Finding[]): Advice {
  const has = (...wanted: readonly Finding[]): boolean => findings.some((finding) => wanted.includes(finding));
  if (findings.length === 0 || has('HIDDEN', 'UNKNOWN')) return 'DECIDE_BY_HAND';
  if (has('MOVED_AWAY', 'IN_TRANSIT')) return 'ASK_NEW_MUNICIPALITY';
  if (has('MOVED_WITHIN')) return 'REPOST_TO_PRESENT_ADDRESS';
  return findings.every((finding) => finding === 'DIED' || finding === 'GONE_ABROAD') ? 'DISCARD_AFTER_RETENTION' : 'INVITE_TO_COUNTER';
}

const REASON_TEXTS: Readonly<Record<(typeof RETURN_REASONS)[number], string>> = {
  NO_SUCH_ADDRESSEE: 'あて所に尋ねあたりません', HOLD_EXPIRED: '郵便局での保管期間経過', REFUSED: '受取拒否', FORWARDING_ACTIVE: '転居届による転送不要', DECEASED: '受取人死亡', OTHER: 'その他',
};

/** The letter to the household, ready to be printed on the municipality's paper; it names nobody, so that it may lie in any letter box. Undefined where none is to be written. */
export function letterText(letter: { readonly advice: Advice; readonly reason: (typeof RETURN_REASONS)[number] | null; readonly keptUntil: LocalDate }): string | undefined {
  if (letter.advice !== 'INVITE_TO_COUNTER' && letter.advice !== 'REPOST_TO_PRESENT_ADDRESS') return undefined;
  const [year, month, day] = letter.keptUntil.split('-').map(Number);
  const cause = letter.reason === null ? '' : `（理由：${REASON_TEXTS[letter.reason]}）`;
  const next = letter.advice === 'INVITE_TO_COUNTER'
    ? 'お手数ですが、本人確認書類をお持ちのうえ、市区町村の窓口でお受け取りください。'
    : '現在の住民票の住所あてに改めてお送りします。届かない場合は、市区町村の窓口へお問い合わせください。';
  return [
    '個人番号（マイナンバー）の通知カードについて',
    '',
    `世帯あてに簡易書留（転送不要）でお送りした通知カードが、郵便局から返戻されました${cause}。`,
    next,
    `通知カードは${year}年${month}月${day}日まで保管します。保管期間の経過後は廃棄することがあり、その後の再交付には手数料がかかります。`,
  ].join('\n');
}
