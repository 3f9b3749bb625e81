import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:jpki-verifier:<CODE>`. */
export const jpkiVerifierProblems = problemTable('jpki-verifier', {
  CERTIFICATION_ENDED: { status: 409, ja: '主務大臣の認定の有効期間が満了しているか、従前より短くなっています', en: 'The certification of the Minister has ended, or would end no later than the one before' },
  CERTIFICATION_MISSING: { status: 409, ja: '主務大臣の認定が届け出られていません', en: 'The certification of the Minister was not filed' },
  CERTIFICATION_NOT_FOR_CLASS: { status: 422, ja: 'この区分の検証者は主務大臣の認定を要しません', en: 'This class of verifier has no certification of the Minister' },
  CONFIRMER_ELSEWHERE: { status: 409, ja: 'この署名確認者は他の団体に属しています', en: 'The confirmer belongs to another group' },
  NOTIFICATION_UNCHECKED: { status: 409, ja: '届出の確認が済んでいません', en: 'No officer has checked the notification' },
  NOT_A_GROUP: { status: 409, ja: '団体署名検証者ではありません', en: 'The verifier is no professional group' },
  NOT_IN_STATE: { status: 409, ja: '現在の状態ではこの操作はできません', en: 'Not possible in the present state' },
  OPERATOR_NOT_ASSERTED: { status: 403, ja: '担当者が示されていません', en: 'The token names no officer' },
  PURPOSE_NOT_OPEN: { status: 422, ja: 'この区分の検証者はこの目的を届け出られません', en: 'This class of verifier may not file for the purpose' },
  SAME_OFFICER: { status: 409, ja: '別の担当者による決定が必要です', en: 'Another officer must decide' },
  VERIFIER_ON_FILE: { status: 409, ja: 'この機関の届出または申請が既にあります', en: 'The organisation has an application or notification already' },
});
