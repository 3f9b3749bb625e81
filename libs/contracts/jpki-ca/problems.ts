import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:jpki-ca:<CODE>`. */
export const jpkiCaProblems = problemTable('jpki-ca', {
  ALREADY_FINAL: { status: 409, ja: 'この証明書は既に失効しています', en: 'The certificate is already revoked' },
  ATTRIBUTE_MISMATCH: { status: 422, ja: '申請内容が現在の本人確認情報と一致しません', en: 'The request does not agree with the present identity information' },
  BAD_CSR: { status: 422, ja: '証明書発行要求の形式または署名に誤りがあります', en: 'The certification request is malformed or not signed by its key' },
  CARD_EXPIRED: { status: 422, ja: 'カードの有効期間が満了しています', en: 'The card has ended' },
  CAUSE_NOT_PERMITTED: { status: 403, ja: 'この機関はこの失効事由を届け出られません', en: 'This institution may not report this cause' },
  CRL_STALE: { status: 503, ja: '失効情報が更新されていません', en: 'The revocation list is overdue' },
  DUPLICATE_VALID: { status: 409, ja: '同種の有効な証明書が既にあります', en: 'A certificate of this type exists already' },
  HASH_DIFFERS: { status: 409, ja: 'カードから読み戻した証明書が発行したものと一致しません', en: 'What was read back from the card is not what was issued' },
  KEY_REUSED: { status: 422, ja: 'この鍵は既に使用されています', en: 'The key was certified before' },
  LINT_FAILED: { status: 422, ja: '証明書が記載事項の検査に合格しません', en: 'The certificate would break its profile' },
  NOT_IN_STATE: { status: 409, ja: '現在の状態ではこの操作はできません', en: 'Not possible in the present state' },
  NOT_RESIDENT: { status: 422, ja: '現在の住民として登録されていません', en: 'The person is not a resident now' },
  NO_ACCESS_GRANT: { status: 403, ja: '失効情報の提供を受ける届出がありません', en: 'No grant for the revocation information of this authority' },
  PARTITION_DIFFERS: { status: 409, ja: '登録済みの失効リストの名称と異なります', en: 'The list of this municipality exists under other names' },
  PARTITION_UNKNOWN: { status: 422, ja: 'この市区町村の失効リストが登録されていません', en: 'No revocation list is set up for this municipality' },
  PERSON_MISMATCH: { status: 409, ja: 'カードの証明書は別の方のものです', en: 'The certificates of the card are another person\'s' },
  RELEASE_NOT_IN_PERSON: { status: 403, ja: '一時保留の解除は市区町村の窓口で本人が行います', en: 'A hold is released in person at a municipal window only' },
  UNDER_AGE: { status: 422, ja: '署名用電子証明書は15歳以上の方に発行します', en: 'Signature certificates are issued from the age of 15' },
  WEAK_KEY: { status: 422, ja: '鍵の強度が基準を満たしません', en: 'The key does not meet the rules' },
});
