import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:municipal-issuer:<CODE>`. */
export const municipalIssuerProblems = problemTable('municipal-issuer', {
  DECEASED: { status: 409, ja: '死亡の届出がされているため交付できません', en: 'The person has died' },
  DOMICILE_NOT_REGISTERED: { status: 409, ja: '本籍がこの市区町村にないため交付できません', en: 'The domicile of the person is not in this municipality' },
  ENTRY_PENDING: { status: 409, ja: '届出の処理中のため、完了するまで交付できません', en: 'A notification is being entered; come again when that is done' },
  MOVE_OUT_NOTIFIED: { status: 409, ja: '転出の届出がされているため交付できません', en: 'The person has notified the move to another municipality' },
  MUNICIPALITY_UNKNOWN: { status: 404, ja: 'この市区町村の証明発行サーバは設定されていません', en: 'Nothing is set for this municipality' },
  NAME_TOO_LONG: { status: 409, ja: '氏名が長いためコンビニ交付では印字できません。窓口で請求してください', en: 'The name is too long for the form; ask at the counter' },
  NOT_ELIGIBLE: { status: 409, ja: '交付の対象となる記録がありません', en: 'There is no record of the person that this certificate could show' },
  PROTECTED_PERSON: { status: 409, ja: 'コンビニ交付はできません。窓口で請求してください', en: 'Not at a kiosk; ask at the counter' },
  RECORD_CHANGED: { status: 409, ja: '請求の後に記録が変更されました。もう一度請求してください', en: 'The record has changed since the request was answered; make a new one' },
  REQUEST_DIFFERS: { status: 409, ja: '同じ番号の別の請求があります', en: 'The request id was used for something else' },
  SEAL_UNREADABLE: { status: 422, ja: '公印の画像を読み取れません', en: 'The image of the official seal cannot be read' },
  TYPE_NOT_SERVED: { status: 409, ja: 'この証明書はコンビニ交付の対象外です', en: 'The municipality does not serve this certificate or option at kiosks' },
  UNDER_AGE: { status: 409, ja: '15歳未満の方には交付できません', en: 'Not for persons under the age of 15' },
});
