import { problemTable } from '#kernel';

/** Problems that any context may answer: `urn:kiban:problem:platform:<CODE>`. */
export const platformProblems = problemTable('platform', {
  ACTION_NOT_PERMITTED: { status: 403, ja: 'この機関にはこの操作が認められていません', en: 'This institution may not perform this action' },
  AGGREGATE_CHANGED: { status: 409, ja: '他の処理により更新されています。最新の状態を確認してください', en: 'Changed by another operation; read the current state and try again' },
  BODY_TOO_LARGE: { status: 413, ja: '送信データが大きすぎます', en: 'The body is larger than allowed' },
  IDEMPOTENCY_CONFLICT: { status: 409, ja: '同じ冪等キーが別の内容で使われています', en: 'The idempotency key was used before with other content' },
  IDEMPOTENCY_KEY_REQUIRED: { status: 400, ja: 'Idempotency-Key ヘッダーが必要です', en: 'The header Idempotency-Key is required' },
  INTERNAL: { status: 500, ja: '内部エラーが発生しました', en: 'An internal fault occurred' },
  INVALID_INPUT: { status: 400, ja: '入力に誤りがあります', en: 'The input is not valid' },
  JOB_STATE: { status: 409, ja: 'この処理の状態では再実行できません', en: 'Only a job that failed or was cancelled can be queued again' },
  JOB_SUPERSEDED: { status: 409, ja: '別の処理がこの作業を引き継いでいます', en: 'Another job has taken this work over' },
  NOT_FOUND: { status: 404, ja: '見つかりません', en: 'Not found' },
  OTHER_REALM: { status: 403, ja: '研修環境と他の環境の間では呼び出せません', en: 'The training realm calls nobody outside of it, and nobody outside calls it' },
  OUT_OF_JURISDICTION: { status: 403, ja: '管轄外の住民または団体です', en: 'Outside the jurisdiction of this institution' },
  PURPOSE_NOT_PERMITTED: { status: 403, ja: 'この利用目的は法令の表に認められていません', en: 'The purpose is not in the table of the law for this institution' },
  PURPOSE_REQUIRED: { status: 400, ja: '利用目的 (Kiban-Purpose) を指定してください', en: 'A purpose (Kiban-Purpose) must be named' },
  QUOTA_EXCEEDED: { status: 429, ja: '利用上限に達しました。しばらく待って再試行してください', en: 'The quota is used up; try again later' },
  RANGE_NOT_SATISFIABLE: { status: 416, ja: '指定された範囲にデータがありません', en: 'There are no octets in the range that was asked for' },
  UNAUTHENTICATED: { status: 401, ja: '有効なアクセストークンが必要です', en: 'A valid access token is required' },
  UNAVAILABLE: { status: 503, ja: '一時的に利用できません', en: 'Temporarily unavailable' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, ja: 'この形式のデータは受け付けられません', en: 'This media type is not accepted' },
});

/** What was looked for; refuses NOT_FOUND where there is none. */
export function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw platformProblems.refuse('NOT_FOUND');
  return thing;
}
