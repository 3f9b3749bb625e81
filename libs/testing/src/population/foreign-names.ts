/** Grounds on which a foreign resident stands in the register (Basic Resident Register Act art. 30-45). */
export type ForeignClass = 'MID_TO_LONG_TERM' | 'SPECIAL_PERMANENT' | 'PROVISIONAL_STAY' | 'TRANSITIONAL';

export interface ForeignNamePart {
  readonly latin: string;
  readonly kana: string;
  /** Characters as printed on the residence card: simplified forms are replaced by 正字 there. */
  readonly kanji?: string;
}

export interface ForeignOrigin {
  /** ISO 3166-1 alpha-3. */
  readonly nationality: string;
  /** Foreign residents per thousand. */
  readonly weight: number;
  readonly family: readonly ForeignNamePart[];
  readonly male: readonly ForeignNamePart[];
  readonly female: readonly ForeignNamePart[];
  /** Permille of adults with an alias (通称). */
  readonly aliasShare: number;
  /** Residence statuses that a person holds by himself; those of dependants follow from them. */
  readonly statuses: readonly string[];
}

function parts(source: string): readonly ForeignNamePart[] {
  return source
    .trim()
    .split(/\s*\|\s*/u)
    .map((row) => {
      const [latin = '', kana = '', kanji] = row.split('/');
      return kanji === undefined ? { latin, kana } : { latin, kana, kanji };
    });
}

const WORK = ['技術・人文知識・国際業務', '技能', '企業内転勤'];
const STUDY = ['留学'];

/** Residence status of special permanent residents: a class of its own, without a period of stay. */
export const SPECIAL_PERMANENT_STATUS = '特別永住者';
/** Residence status without an end of stay. */
export const PERMANENT_STATUS = '永住者';
const SETTLED = [PERMANENT_STATUS, '定住者'];

export const FOREIGN_ORIGINS: readonly ForeignOrigin[] = [
  {
    nationality: 'CHN',
    weight: 300,
    family: parts('WANG/ワン/王|LI/リ/李|ZHANG/チャン/張|LIU/リュウ/劉|CHEN/チン/陳|YANG/ヨウ/楊|ZHAO/チョウ/趙|OUYANG/オウヨウ/歐陽'),
    male: parts('WEI/ウェイ/偉|QIANG/チアン/強|LEI/レイ/磊|JUN/ジュン/軍|HAORAN/ハオラン/浩然'),
    female: parts('FANG/ファン/芳|NA/ナ/娜|MIN/ミン/敏|JING/ジン/静|YUXUAN/ユーシュエン/雨萱'),
    aliasShare: 60,
    statuses: [...SETTLED, ...WORK, ...STUDY],
  },
  {
    nationality: 'VNM',
    weight: 200,
    family: parts('NGUYEN/グエン|TRAN/チャン|LE/レ|PHAM/ファム|HOANG/ホアン|VU/ヴ|DANG/ダン'),
    male: parts('VAN ANH/ヴァン アン|VAN HUNG/ヴァン フン|DUC THANH/ドゥック タイン|MINH TUAN/ミン トゥアン|QUOC BAO/クオック バオ'),
    female: parts('THI LAN/ティ ラン|THI HUONG/ティ フオン|THI THU TRANG/ティ トゥ チャン|NGOC MAI/ゴック マイ|THI HOA/ティ ホア'),
    aliasShare: 10,
    statuses: ['技能実習2号ロ', '特定技能1号', ...WORK, ...STUDY],
  },
  {
    nationality: 'KOR',
    weight: 170,
    family: parts('KIM/キム/金|LEE/イ/李|PARK/パク/朴|CHOI/チェ/崔|JUNG/チョン/鄭|KANG/カン/姜'),
    male: parts('MINJUN/ミンジュン/旻俊|YOUNGHO/ヨンホ/永鎬|SUNGJIN/ソンジン/成鎭|JIHOON/ジフン/志勳'),
    female: parts('JIYEON/ジヨン/智妍|SOOJIN/スジン/秀珍|MIYOUNG/ミヨン/美榮|EUNHYE/ウネ/恩惠'),
    aliasShare: 650,
    statuses: [SPECIAL_PERMANENT_STATUS, SPECIAL_PERMANENT_STATUS, SPECIAL_PERMANENT_STATUS, PERMANENT_STATUS, ...WORK],
  },
  {
    nationality: 'PHL',
    weight: 110,
    family: parts('SANTOS/サントス|REYES/レイエス|DELA CRUZ/デラ クルス|GARCIA/ガルシア|MENDOZA/メンドーサ'),
    male: parts('JOSE MARIE/ホセ マリー|MARK ANTHONY/マーク アンソニー|JOHN PAUL/ジョン ポール'),
    female: parts('MARIA CRISTINA/マリア クリスティーナ|MARY GRACE/メアリー グレース|ROSE ANN/ローズ アン|JENNY/ジェニー'),
    aliasShare: 60,
    statuses: [...SETTLED, '興行', '介護'],
  },
  {
    nationality: 'BRA',
    weight: 80,
    family: parts('SILVA/シルバ|SATO DE OLIVEIRA/サトウ デ オリベイラ|TANAKA DOS SANTOS/タナカ ドス サントス|SOUZA/ソウザ'),
    male: parts('LUCAS/ルーカス|MARCELO KENJI/マルセロ ケンジ|RAFAEL/ラファエル|BRUNO TAKASHI/ブルーノ タカシ'),
    female: parts('ANA PAULA/アナ パウラ|FERNANDA YUMI/フェルナンダ ユミ|JULIANA/ジュリアナ|BEATRIZ/ベアトリス'),
    aliasShare: 200,
    statuses: SETTLED,
  },
  {
    nationality: 'NPL',
    weight: 60,
    family: parts('SHRESTHA/シュレスタ|GURUNG/グルン|THAPA/タパ|RAI/ライ|MAHARJAN/マハルジャン'),
    male: parts('BIKASH/ビカス|RAJESH/ラジェシュ|PRAKASH/プラカス|SUMAN/スマン'),
    female: parts('SITA/シタ|ANITA/アニタ|SARITA/サリタ|BINITA/ビニタ'),
    aliasShare: 0,
    statuses: [...STUDY, ...WORK],
  },
  {
    nationality: 'USA',
    weight: 50,
    family: parts("SMITH/スミス|JOHNSON/ジョンソン|O'BRIEN/オブライエン|WILLIAMS/ウィリアムズ|MACDONALD/マクドナルド|GARCIA-LOPEZ/ガルシア ロペス"),
    male: parts('JAMES ROBERT/ジェームズ ロバート|MICHAEL/マイケル|CHRISTOPHER JOHN/クリストファー ジョン|DAVID/デイヴィッド'),
    female: parts('MARY ELIZABETH/メアリー エリザベス|JENNIFER/ジェニファー|SARAH ANNE/サラ アン|EMILY/エミリー'),
    aliasShare: 10,
    statuses: [...WORK, '教授', PERMANENT_STATUS],
  },
  {
    nationality: 'BGD',
    weight: 30,
    family: parts('MOHAMMAD/モハンマド|HOSSAIN/ホサイン|RAHMAN/ラフマン|ISLAM/イスラム'),
    male: parts('ABUL KALAM AZAD/アブル カラム アザド|RAFIQUL/ラフィクル|ANWAR/アンワル'),
    female: parts('NASRIN AKTER/ナスリン アクテル|FATEMA/ファテマ|SHAMIMA/シャミマ'),
    aliasShare: 0,
    statuses: [...STUDY, ...WORK, PERMANENT_STATUS],
  },
];

/** Japanese family names that aliases (通称) often take. */
export const ALIAS_SURNAMES = [
  { kanji: '金本', kana: 'カネモト' },
  { kanji: '新井', kana: 'アライ' },
  { kanji: '山本', kana: 'ヤマモト' },
  { kanji: '林', kana: 'ハヤシ' },
  { kanji: '木村', kana: 'キムラ' },
  { kanji: '髙山', kana: 'タカヤマ' },
] as const;
