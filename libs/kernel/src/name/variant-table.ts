/** Changes whenever a family below changes; stored beside every key, so that old keys are recomputed and not compared. */
export const VARIANT_TABLE_VERSION = '2015-10.1';

/**
 * Families of forms of one character, the representative first. Sources: the pairs of JUKI 4.8; the 康熙字典体 that the
 * 常用漢字表 and 人名用漢字表 give in brackets; forms common in family names. Characters that only look alike are separate
 * (斎齋 / 斉齊), and so are characters whose simplification merged different words (弁 = 辨瓣辯, 予豫, 欠缺).
 */
const FAMILIES = [
  '高髙 崎﨑嵜 吉𠮷 浜濱濵 辺邊邉 橋槗𣘺 斎齋 斉齊 沢澤 広廣 桜櫻 島嶋嶌 国國 竜龍 滝瀧 学學 富冨 真眞 恵惠 徳德 栄榮 条條 関關 県縣 実實',
  '寿壽 静靜 円圓 塩鹽 応應 桧檜 会會 伝傳 仏佛 万萬 与與 乗乘 亀龜 来來 児兒 内內 剣劍 労勞 区區 参參 双雙 収收 号號 呉吳 団團 図圖 増增 壮壯',
  '売賣 変變 奥奧 嬢孃 宝寶 峰峯 岳嶽 巌巖 帯帶 帰歸 弥彌 弾彈 従從 悦悅 懐懷 戸戶 払拂 抜拔 択擇 拝拜 挙擧 揺搖 摂攝 教敎 数數 旧舊 昼晝 暁曉',
  '曽曾 様樣 楽樂 槙槇 権權 横橫 欧歐 歓歡 歩步 歴歷 毎每 気氣 浄淨 清淸 渋澁 渓溪 温溫 湾灣 満滿 瀬瀨 焼燒 灯燈 点點 為爲 状狀 独獨 献獻 瑶瑤',
  '畳疊 発發 礼禮 祢禰 禄祿 秘祕 称稱 稲稻 穂穗 穣穰 経經 絵繪 緑綠 総總 縁緣 縦縱 繊纖 聡聰 声聲 聴聽 舎舍 芦蘆 芸藝 茎莖 荘莊 萌萠 蒋蔣 蔵藏',
  '薫薰 薮藪 蛍螢 衛衞 装裝 覚覺 覧覽 観觀 触觸 訳譯 証證 誉譽 読讀 謡謠 譲讓 豊豐 賛贊 頼賴 転轉 遥遙 郎郞 郷鄕 酔醉 醸釀 釈釋 鉄鐵 銭錢 鋭銳',
  '録錄 鎮鎭 鶏鷄 雑雜 霊靈 青靑 穎頴 顔顏 顕顯 験驗 鯵鰺 鴎鷗 麦麥 黄黃 黒黑 桑桒 館舘 柳栁 船舩 昇曻 土圡 彦彥 産產 尚尙 説說 税稅 脱脫 閲閱',
  '尭堯 侠俠 峡峽 狭狹 挟挾 頬頰 填塡 剥剝 叱𠮟 掴摑 痩瘦 繋繫 蝉蟬 騨驒 箪簞 顛顚 噛嚙 躯軀 祷禱 涛濤 麹麴 籠篭 砺礪 蝋蠟 熙煕凞 凛凜',
  '亜亞 壱壹 巻卷 勲勳 継繼 検檢 恒恆 鉱鑛 済濟 写寫 処處 将將 慎愼 専專 戦戰 禅禪 巣巢 続續 対對 体體 単單 庁廳 党黨 当當 縄繩 並竝 薬藥 両兩 楼樓 晋晉',
  '兎兔 淵渕 壺壷 竈竃 涼凉 舗舖 麺麵',
];

/** The families as lists, the representative first. */
export const VARIANT_FAMILIES: readonly (readonly string[])[] = FAMILIES.flatMap((line) => line.split(' ')).map((family) =>
  Array.from(family),
);

const REPRESENTATIVES: ReadonlyMap<string, string> = new Map(
  VARIANT_FAMILIES.flatMap(([representative = '', ...variants]) => variants.map((variant) => [variant, representative] as const)),
);

/** The representative of the character's family, or the character itself. */
export function representativeOf(character: string): string {
  return REPRESENTATIVES.get(character) ?? character;
}
