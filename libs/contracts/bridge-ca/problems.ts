import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:bridge-ca:<CODE>`. */
export const bridgeCaProblems = problemTable('bridge-ca', {
  ACTIVATION_TOO_EARLY: { status: 409, ja: '稼働開始の時刻に達していません', en: 'The generation may not begin to issue yet' },
  AUTHORITY_WITHOUT_KEY: { status: 409, ja: 'この認証局には発行に使用できる鍵がありません', en: 'The authority has no key that may issue' },
  CERTIFICATE_UNFIT: { status: 422, ja: '認証局の自己署名証明書として使用できません', en: 'Not a self-signed certificate of an authority that is in force' },
  FINGERPRINT_DIFFERS: { status: 409, ja: '入力されたハッシュ値が一致しません', en: 'The digest that was typed is another' },
  GENERATION_PLANNED: { status: 409, ja: 'この認証局の次の鍵は既に計画されています', en: 'The next key of the authority is planned already' },
  NOT_IN_STATE: { status: 409, ja: '現在の状態ではこの操作はできません', en: 'Not possible in the present state' },
  NOT_OURS: { status: 409, ja: 'この認証局の鍵は当機構にありません', en: 'The authority keeps its keys itself' },
  OPERATOR_NOT_ASSERTED: { status: 403, ja: '担当者が示されていません', en: 'The token names no officer' },
  OTHER_NAME: { status: 409, ja: '認証局の名称(DN)が異なります', en: 'The name is not that of the authority, or another one has it' },
  SAME_OFFICER: { status: 409, ja: '別の担当者による決定が必要です', en: 'Another officer must decide' },
});
