import type { Branded } from '../branded.js';
import { InvalidValue } from '../invalid-value.js';

/** 都道府県コード: '01'..'47' (JIS X 0401) or the fictional '99'. */
export type PrefectureNumber = Branded<string, 'PrefectureNumber'>;

export interface Prefecture {
  readonly number: PrefectureNumber;
  readonly name: string;
  readonly kana: string;
  /** With suffix, as localities are written in certificate subjects (JPKI 4.2). */
  readonly romaji: string;
}

const ROWS: readonly (readonly [number: string, name: string, kana: string, romaji: string])[] = [
  ['01', '北海道', 'ホッカイドウ', 'Hokkaido'],
  ['02', '青森県', 'アオモリケン', 'Aomori-ken'],
  ['03', '岩手県', 'イワテケン', 'Iwate-ken'],
  ['04', '宮城県', 'ミヤギケン', 'Miyagi-ken'],
  ['05', '秋田県', 'アキタケン', 'Akita-ken'],
  ['06', '山形県', 'ヤマガタケン', 'Yamagata-ken'],
  ['07', '福島県', 'フクシマケン', 'Fukushima-ken'],
  ['08', '茨城県', 'イバラキケン', 'Ibaraki-ken'],
  ['09', '栃木県', 'トチギケン', 'Tochigi-ken'],
  ['10', '群馬県', 'グンマケン', 'Gunma-ken'],
  ['11', '埼玉県', 'サイタマケン', 'Saitama-ken'],
  ['12', '千葉県', 'チバケン', 'Chiba-ken'],
  ['13', '東京都', 'トウキョウト', 'Tokyo-to'],
  ['14', '神奈川県', 'カナガワケン', 'Kanagawa-ken'],
  ['15', '新潟県', 'ニイガタケン', 'Niigata-ken'],
  ['16', '富山県', 'トヤマケン', 'Toyama-ken'],
  ['17', '石川県', 'イシカワケン', 'Ishikawa-ken'],
  ['18', '福井県', 'フクイケン', 'Fukui-ken'],
  ['19', '山梨県', 'ヤマナシケン', 'Yamanashi-ken'],
  ['20', '長野県', 'ナガノケン', 'Nagano-ken'],
  ['21', '岐阜県', 'ギフケン', 'Gifu-ken'],
  ['22', '静岡県', 'シズオカケン', 'Shizuoka-ken'],
  ['23', '愛知県', 'アイチケン', 'Aichi-ken'],
  ['24', '三重県', 'ミエケン', 'Mie-ken'],
  ['25', '滋賀県', 'シガケン', 'Shiga-ken'],
  ['26', '京都府', 'キョウトフ', 'Kyoto-fu'],
  ['27', '大阪府', 'オオサカフ', 'Osaka-fu'],
  ['28', '兵庫県', 'ヒョウゴケン', 'Hyogo-ken'],
  ['29', '奈良県', 'ナラケン', 'Nara-ken'],
  ['30', '和歌山県', 'ワカヤマケン', 'Wakayama-ken'],
  ['31', '鳥取県', 'トットリケン', 'Tottori-ken'],
  ['32', '島根県', 'シマネケン', 'Shimane-ken'],
  ['33', '岡山県', 'オカヤマケン', 'Okayama-ken'],
  ['34', '広島県', 'ヒロシマケン', 'Hiroshima-ken'],
  ['35', '山口県', 'ヤマグチケン', 'Yamaguchi-ken'],
  ['36', '徳島県', 'トクシマケン', 'Tokushima-ken'],
  ['37', '香川県', 'カガワケン', 'Kagawa-ken'],
  ['38', '愛媛県', 'エヒメケン', 'Ehime-ken'],
  ['39', '高知県', 'コウチケン', 'Kochi-ken'],
  ['40', '福岡県', 'フクオカケン', 'Fukuoka-ken'],
  ['41', '佐賀県', 'サガケン', 'Saga-ken'],
  ['42', '長崎県', 'ナガサキケン', 'Nagasaki-ken'],
  ['43', '熊本県', 'クマモトケン', 'Kumamoto-ken'],
  ['44', '大分県', 'オオイタケン', 'Oita-ken'],
  ['45', '宮崎県', 'ミヤザキケン', 'Miyazaki-ken'],
  ['46', '鹿児島県', 'カゴシマケン', 'Kagoshima-ken'],
  ['47', '沖縄県', 'オキナワケン', 'Okinawa-ken'],
  ['99', '架空県', 'カクウケン', 'Kakuu-ken'],
];

/** The 47 prefectures in the order of JIS X 0401, then the fictional 架空県 of tests and training. */
export const PREFECTURES: readonly Prefecture[] = ROWS.map(([number, name, kana, romaji]) => ({
  number: number as PrefectureNumber,
  name,
  kana,
  romaji,
}));

const BY_NUMBER = new Map<string, Prefecture>(PREFECTURES.map((prefecture) => [prefecture.number, prefecture]));

export function isPrefectureNumber(text: string): text is PrefectureNumber {
  return BY_NUMBER.has(text);
}

/** Throws InvalidValue `prefectureNumber` / UNKNOWN. */
export function toPrefectureNumber(text: string): PrefectureNumber {
  if (!isPrefectureNumber(text)) throw new InvalidValue('prefectureNumber', 'UNKNOWN');
  return text;
}

/** The row of `PREFECTURES`. */
export function prefectureByNumber(number: PrefectureNumber): Prefecture {
  const prefecture = BY_NUMBER.get(number);
  if (prefecture === undefined) throw new InvalidValue('prefectureNumber', 'UNKNOWN');
  return prefecture;
}
