/** Given names by birth cohort: a grandmother is not called Himari, and a newborn is not called Kiyoshi. Rows are `kanji kana`. */
interface CohortSource {
  /** Last birth year of the cohort. */
  readonly until: number;
  readonly male: string;
  readonly female: string;
}

const COHORTS: readonly CohortSource[] = [
  {
    until: 1926,
    male: `清 キヨシ|正雄 マサオ|三郎 サブロウ|正一 ショウイチ|茂 シゲル|武雄 タケオ|一郎 イチロウ|義雄 ヨシオ|留吉 トメキチ|金次郎 キンジロウ
辰雄 タツオ|竹松 タケマツ|與一 ヨイチ|喜作 キサク|龜吉 カメキチ|寅次 トラジ|仁三郎 ニサブロウ|廣吉 ヒロキチ|壽雄 トシオ|德三 トクゾウ`,
    female: `ハル ハル|千代 チヨ|キヨ キヨ|トメ トメ|ハナ ハナ|文子 フミコ|静 シズ|とし トシ|ヨシ ヨシ|ミツ ミツ
キク キク|ツル ツル|うめ ウメ|カネ カネ|スヱ スエ|ゑい エイ|シヅ シズ|きぬ キヌ|ヤヱ ヤエ|たけ タケ`,
  },
  {
    until: 1945,
    male: `勇 イサム|清 キヨシ|実 ミノル|弘 ヒロシ|博 ヒロシ|昭 アキラ|進 ススム|茂 シゲル|正 タダシ|勝 マサル
昭二 ショウジ|和夫 カズオ|勲 イサオ|勝利 カツトシ|紀夫 ノリオ|健二 ケンジ|忠 タダシ|敏夫 トシオ|廣 ヒロシ|武 タケシ`,
    female: `和子 カズコ|幸子 サチコ|節子 セツコ|弘子 ヒロコ|洋子 ヨウコ|勝子 カツコ|美代子 ミヨコ|久子 ヒサコ|悦子 エツコ|紀子 ノリコ
芳子 ヨシコ|惠子 ケイコ|文子 フミコ|静江 シズエ|トシ子 トシコ|フミ フミ|キミ子 キミコ|美智子 ミチコ|八重子 ヤエコ|照子 テルコ`,
  },
  {
    until: 1960,
    male: `茂 シゲル|博 ヒロシ|隆 タカシ|誠 マコト|浩 ヒロシ|修 オサム|豊 ユタカ|隆\u{E0100} タカシ|和彦 カズヒコ|正人 マサト
勉 ツトム|明 アキラ|稔 ミノル|健一 ケンイチ|幸雄 ユキオ|秀樹 ヒデキ|哲也 テツヤ|眞一 シンイチ|康夫 ヤスオ|薫 カオル`,
    female: `恵子 ケイコ|京子 キョウコ|幸子 サチコ|和子 カズコ|洋子 ヨウコ|順子 ジュンコ|由美子 ユミコ|久美子 クミコ|明美 アケミ|裕子 ユウコ
真理子 マリコ|惠子 ケイコ|美智子 ミチコ|信子 ノブコ|千恵子 チエコ|典子 ノリコ|節子 セツコ|直美 ナオミ|さち子 サチコ|薫 カオル`,
  },
  {
    until: 1975,
    male: `誠 マコト|浩 ヒロシ|健一 ケンイチ|哲也 テツヤ|剛 ツヨシ|学 マナブ|大輔 ダイスケ|直樹 ナオキ|英樹 ヒデキ|淳 ジュン
隆 タカシ|浩二 コウジ|健 ケン|秀明 ヒデアキ|雅彦 マサヒコ|聡 サトシ|徹 トオル|竜也 タツヤ|德之 ノリユキ|純 ジュン`,
    female: `由美子 ユミコ|真由美 マユミ|明美 アケミ|直美 ナオミ|智子 トモコ|陽子 ヨウコ|裕子 ユウコ|久美子 クミコ|恵 メグミ|香織 カオリ
美穂 ミホ|純子 ジュンコ|優子 ユウコ|真理 マリ|ゆかり ユカリ|理恵 リエ|典子 ノリコ|美樹 ミキ|さゆり サユリ|純 ジュン`,
  },
  {
    until: 1990,
    male: `大輔 ダイスケ|誠 マコト|直樹 ナオキ|健太 ケンタ|翔太 ショウタ|拓也 タクヤ|達也 タツヤ|大樹 ダイキ|亮 リョウ|健太郎 ケンタロウ
祐介 ユウスケ|裕太 ユウタ|雄大 ユウダイ|慎吾 シンゴ|和也 カズヤ|翼 ツバサ|純一 ジュンイチ|隼人 ハヤト|恵介 ケイスケ|薫 カオル`,
    female: `愛 アイ|恵 メグミ|裕子 ユウコ|久美子 クミコ|美穂 ミホ|麻衣 マイ|彩 アヤ|舞 マイ|美咲 ミサキ|沙織 サオリ
絵美 エミ|千尋 チヒロ|あゆみ アユミ|香織 カオリ|瞳 ヒトミ|里美 サトミ|友美 トモミ|さやか サヤカ|奈々 ナナ|智美 サトミ`,
  },
  {
    until: 2005,
    male: `翔 ショウ|大輝 ダイキ|拓海 タクミ|健太 ケンタ|翔太 ショウタ|陸 リク|大輔 ダイスケ|蓮 レン|颯太 ソウタ|海斗 カイト
涼太 リョウタ|優斗 ユウト|悠斗 ユウト|和真 カズマ|樹 イツキ|晃\u{E0101} コウ|渉 ワタル|駿 シュン|航 ワタル|直人 ナオト`,
    female: `美咲 ミサキ|さくら サクラ|葵 アオイ|七海 ナナミ|萌 モエ|彩 アヤ|優花 ユウカ|陽菜 ヒナ|真央 マオ|千夏 チナツ
遥 ハルカ|優奈 ユウナ|楓 カエデ|桃子 モモコ|美優 ミユ|玲奈 レイナ|明日香 アスカ|凜 リン|佳奈 カナ|葵 マモリ`,
  },
  {
    until: 9999,
    male: `蓮 レン|陽翔 ハルト|湊 ミナト|蒼 アオイ|樹 イツキ|悠真 ユウマ|大和 ヤマト|陽太 ヒナタ|朝陽 アサヒ|律 リツ
新 アラタ|大翔 ヒロト|結翔 ユイト|碧 アオ|颯真 ソウマ|凪 ナギ|暖 ダン|瑛太 エイタ|湊斗 ミナト|奏 カナデ`,
    female: `陽葵 ヒマリ|凛 リン|結菜 ユイナ|葵 アオイ|芽依 メイ|紬 ツムギ|咲良 サクラ|莉子 リコ|結愛 ユア|さくら サクラ
心春 コハル|杏 アン|澪 ミオ|詩 ウタ|陽菜 ヒナ|美月 ミツキ|琴音 コトネ|花 ハナ|一花 イチカ|ひなた ヒナタ`,
  },
];

export interface GivenName {
  readonly kanji: string;
  readonly kana: string;
}

interface Cohort {
  readonly until: number;
  readonly male: readonly GivenName[];
  readonly female: readonly GivenName[];
}

function parse(source: string): readonly GivenName[] {
  return source.split(/[|\n]/u).map((row) => {
    const [kanji = '', kana = ''] = row.split(' ');
    return { kanji, kana };
  });
}

const PARSED: readonly Cohort[] = COHORTS.map(({ until, male, female }) => ({ until, male: parse(male), female: parse(female) }));

/** The given names that were usual for a sex (`1` male, `2` female) in a birth year. */
export function givenNamesOf(sex: '1' | '2', birthYear: number): readonly GivenName[] {
  for (const cohort of PARSED) {
    if (birthYear <= cohort.until) return sex === '1' ? cohort.male : cohort.female;
  }
  throw new RangeError('birth year after the last cohort');
}
