import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:bridge-ca:<CODE>`. */
export const bridgeCaProblems = problemTable('bridge-ca', {
  ACTIVATION_TOO_EARLY: { status: 409, ja: '稼働開始の時刻に達していません', en: 'The generation may not begin to issue yet' },
  AUTHORITY_WITHOUT_KEY: { status: 409, ja: 'この認証局には発行に使用できる鍵がありません', en: 'The authority has no key that may issue' },
  BUNDLE_UNREADABLE: { status: 422, ja: '検証に使用する証明書または失効リストを読み取れません', en: 'A certificate or list that was given cannot be read, or there are too many' },
  CERTIFICATES_IN_FORCE: { status: 409, ja: 'この世代の証明書がまだ有効です', en: 'Certificates of the generation are still in force' },
  CERTIFICATE_DIFFERS: { status: 422, ja: '交付された証明書が合意した内容と異なります', en: 'The certificate is not what was agreed on' },
  CERTIFICATE_UNFIT: { status: 422, ja: '認証局の自己署名証明書として使用できません', en: 'Not a self-signed certificate of an authority that is in force' },
  CRL_STALE: { status: 503, ja: '失効情報が更新されていません', en: 'The revocation list is overdue' },
  CROSS_CERTIFIED: { status: 409, ja: 'この認証局との相互認証は既に行われています', en: 'The authority is cross-certified already; renew that' },
  EXCHANGE_OPEN: { status: 409, ja: 'この認証局との相互認証の手続が進行中です', en: 'An exchange with the authority is not over' },
  FINGERPRINT_DIFFERS: { status: 409, ja: '入力されたハッシュ値が一致しません', en: 'The digest that was typed is another' },
  GENERATION_PLANNED: { status: 409, ja: 'この認証局の次の鍵は既に計画されています', en: 'The next key of the authority is planned already' },
  KEY_CHANGED: { status: 409, ja: '要求書の提出後に認証局の鍵が更新されています。発行済みの証明書を失効させてください', en: 'The authority has another key since its request; revoke what was issued' },
  NOT_IN_STATE: { status: 409, ja: '現在の状態ではこの操作はできません', en: 'Not possible in the present state' },
  NOT_OURS: { status: 409, ja: 'この認証局の鍵は当機構にありません', en: 'The authority keeps its keys itself' },
  OPERATOR_NOT_ASSERTED: { status: 403, ja: '担当者が示されていません', en: 'The token names no officer' },
  OTHER_NAME: { status: 409, ja: '認証局の名称(DN)が異なります', en: 'The name is not that of the authority, or another one has it' },
  PAIR_DIFFERS: { status: 409, ja: '両方向の証明書が組になっていません', en: 'The two certificates are not a pair' },
  SAME_OFFICER: { status: 409, ja: '別の担当者による決定が必要です', en: 'Another officer must decide' },
  TERMS_DIFFER: { status: 422, ja: '証明書ポリシまたは対応付けが両認証局のものではありません', en: 'Policies or mappings are not those of the two domains' },
});
