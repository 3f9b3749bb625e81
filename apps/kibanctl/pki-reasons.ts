import type { PathFault } from '#pki';

/** Why a target is not relied on: the fault of the engine, or input that could not be judged. */
export type PathReason = PathFault | 'BAD_INPUT' | 'FAILED';

/** Each reason in words. */
export const REASON_TEXT: Readonly<Record<PathReason, { readonly ja: string; readonly en: string }>> = {
  BAD_CERTIFICATE: { ja: '証明書の形式が RFC 5280 に合いません。', en: 'A certificate is not what RFC 5280 allows.' },
  NO_PATH: { ja: '信頼点に至る証明書がつながりません。', en: 'No certificates lead to a trust anchor.' },
  BAD_SIGNATURE: { ja: '発行者の鍵で署名を検証できません。', en: "A signature does not verify with its issuer's key." },
  ALGORITHM_NOT_ACCEPTED: { ja: '受け入れない署名アルゴリズムまたは鍵です。', en: 'A signature algorithm or key is not accepted.' },
  NOT_YET_VALID: { ja: '有効期間が始まっていません。', en: 'A certificate is not valid yet.' },
  EXPIRED: { ja: '有効期間が終わっています。', en: 'A certificate has expired.' },
  REVOKED: { ja: '失効しています。', en: 'A certificate is revoked.' },
  REVOCATION_UNKNOWN: { ja: '失効の有無を確かめる CRL がありません。', en: 'No usable CRL tells whether a certificate is revoked.' },
  NAME_NOT_PERMITTED: { ja: '上位の認証局に許された名前の範囲の外です。', en: 'A name is outside of what an authority above may give.' },
  NAME_EXCLUDED: { ja: '上位の認証局に禁じられた名前です。', en: 'A name is excluded by an authority above.' },
  NO_EXPLICIT_POLICY: { ja: '求められた証明書ポリシーで有効ではありません。', en: 'The path is not valid under a policy that is asked for.' },
  ANY_POLICY_MAPPED: { ja: 'anyPolicy を対応付けています。', en: 'An authority maps anyPolicy.' },
  NOT_AN_AUTHORITY: { ja: '発行者は認証局ではありません。', en: 'An issuer is no authority.' },
  PATH_TOO_LONG: { ja: 'パスの長さの制限を超えています。', en: 'The path is longer than an authority allows.' },
  KEY_USAGE: { ja: '鍵の用途が証明書への署名を許していません。', en: 'The key usage of an issuer does not allow it to sign certificates.' },
  UNKNOWN_CRITICAL_EXTENSION: { ja: '解釈できない重要な拡張があります。', en: 'A critical extension is not understood.' },
  PURPOSE_NOT_ALLOWED: { ja: '求められた用途に使えません。', en: 'A certificate is not for the purpose that is asked for.' },
  PEER_NAME_MISMATCH: { ja: '求められた相手の証明書ではありません。', en: 'The certificate is not of the peer that is asked for.' },
  PATH_BUDGET_EXCEEDED: { ja: '検証の手間が上限を超えました。', en: 'Finding a path takes more work than one question may.' },
  BAD_INPUT: { ja: '入力が正しくありません。', en: 'The question cannot be read.' },
  FAILED: { ja: '検証の途中で障害が起きました。', en: 'The validation itself failed; this is no verdict.' },
};
