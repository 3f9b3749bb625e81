/** Problems of e-learning: registrations, packages, statements and documents of content. */
export const elearningProblems = {
  DOCUMENT_CHANGED: { status: 412, ja: '文書は他の処理により更新されています', en: 'The document is not the one that the condition names' },
  DOCUMENT_CONDITION_MISSING: { status: 409, ja: '既存の文書を置き換えるには If-Match が必要です', en: 'A document that exists is replaced under If-Match or If-None-Match only' },
  DOCUMENT_READ_ONLY: { status: 403, ja: 'この文書は教材から変更できません', en: 'Content may not change this document' },
  FILE_MALFORMED: { status: 422, ja: 'ファイルの形式または文字符号に誤りがあります', en: 'The file is not in the form or encoding that was declared' },
  FLOOR_TOO_HIGH: { status: 422, ja: '団体ごとの最低枠の合計が定員を超えます', en: 'The floors of all bodies together are more than the places' },
  ITEMS_INVALID: { status: 422, ja: '設問または出題数に誤りがあります', en: 'The items and what is drawn from them do not fit' },
  ON_OFFER: { status: 409, ja: 'このeラーニングは既に開講されています', en: 'The e-learning of this course is on offer already' },
  STATEMENT_CONFLICT: { status: 409, ja: '同じ識別子の記録が別の内容で保存されています', en: 'Another statement of this id is stored' },
  STATEMENT_REFUSED: { status: 403, ja: 'この受講では受け付けられない記録です', en: 'The statement is not one that this session may state' },
  XAPI_VERSION: { status: 400, ja: 'X-Experience-API-Version に誤りがあります', en: 'X-Experience-API-Version 1.0.x is required' },
} as const;
