import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:juki-card:<CODE>`. */
export const jukiCardProblems = problemTable('juki-card', {
  BAD_STATE: { status: 409, ja: '現在の状態ではこの操作はできません', en: 'Not possible in the present state' },
  FILE_MALFORMED: { status: 422, ja: 'CSV の形式または見出しが正しくありません', en: 'The file is not CSV with the expected header' },
  NOT_COMMISSIONED: { status: 409, ja: '住民基本台帳カードの発行が機構に委託されていません', en: 'The municipality has no commission in force' },
  NOT_ELIGIBLE: { status: 409, ja: '人口が3万人を超える市町村は委託できません', en: 'Only municipalities of 30,000 people or fewer may commission' },
  OVERLAP: { status: 409, ja: '既に委託されています', en: 'The municipality has a commission in force already' },
  PAST_CUT_OFF: { status: 409, ja: '住民基本台帳カードの発行は終了しました', en: 'The last issuing day of juki cards is over' },
  UNKNOWN_RESIDENT: { status: 422, ja: '該当する住民が記録されていません', en: 'No resident of this municipality has this code' },
});
