import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:numbering:<CODE>`. */
export const numberingProblems = problemTable('numbering', {
  ALREADY_NUMBERED: { status: 409, ja: 'この住民には既に個人番号が指定されています', en: 'This resident already has a number; see the assignment named in the facts' },
  BATCH_NOT_DELIVERED: { status: 409, ja: 'このバッチの結果はまだありません', en: 'The result of this batch is not ready' },
  BATCH_TOO_LARGE: { status: 422, ja: 'ファイルの行数が上限を超えています', en: 'The file has more lines than allowed' },
  CODE_CHECK_DIGIT: { status: 422, ja: '住民票コードの検査数字が一致しません', en: 'The check digit of the resident code is wrong' },
  CODE_NOT_YOURS: { status: 409, ja: '他の市町村の住民の住民票コードです', en: 'The resident code belongs to a resident of another municipality' },
  CODE_UNKNOWN: { status: 422, ja: '該当する住民がありません', en: 'No present resident has this code' },
  COUNT_MISMATCH: { status: 409, ja: '行数が送信内容と一致しません', en: 'The line count differs from what was uploaded' },
  FILE_FAULTS: { status: 422, ja: 'ファイルに誤りがあります', en: 'The file has faulty lines; nothing of it was taken' },
  FILE_MALFORMED: { status: 422, ja: 'CSV の形式または見出しが正しくありません', en: 'The file is not CSV with the expected header' },
  GENERATOR_FAULT: { status: 500, ja: '番号生成装置に障害があります', en: 'The number generator is at fault' },
  HASH_MISMATCH: { status: 409, ja: 'ハッシュ値が送信内容と一致しません', en: 'The hash differs from what was uploaded' },
  PERSON_CONFLICT: { status: 409, ja: '本人確認情報に不整合があるため処理できません', en: 'The register holds a conflict about this person' },
  REQUEST_ID_REUSED: { status: 409, ja: '同じ要求番号が別の住民に使われています', en: 'The request id was used for another resident' },
  SEALED: { status: 409, ja: 'このバッチは既に封印されています', en: 'The batch is sealed' },
  UPLOAD_INCOMPLETE: { status: 409, ja: '行の送信が完了していません', en: 'No complete upload of lines is present' },
  UPLOAD_SUPERSEDED: { status: 409, ja: '別の送信が開始されたため中断しました', en: 'Another upload to this batch has begun' },
});
