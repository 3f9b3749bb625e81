import type { Subject } from '../policy-document.js';
import type { SeedRow } from './common.js';

type PersonalSubject = Exclude<Subject, 'bridge'>;

const WORDS = {
  sign: {
    ja: '署名用', en: 'signature', use: ['電子申請等における電子署名の検証', 'the verification of electronic signatures on filings'],
    subject: ['氏名、生年月日、性別及び住所', 'name, date of birth, sex and address'],
    change: ['氏名、生年月日、性別若しくは住所の変更又は住民票の消除', 'a change of name, date of birth, sex or address, or the deletion of the resident record'],
  },
  auth: {
    ja: '利用者証明用', en: 'user authentication', use: ['利用者の認証', 'the authentication of users'],
    subject: ['個人を示す属性を含まない識別名', 'a name that shows nothing of the person'],
    change: ['死亡又は国外転出による住民票の消除', 'the deletion of the resident record by death or departure from Japan'],
  },
} as const;

/** What the two authorities of the amended act do alike, each with its own certificates. */
export function personalRows(subject: PersonalSubject): readonly SeedRow[] {
  const { ja, en, use, subject: says, change } = WORDS[subject];
  return [
    ['1.1', `本規程は、公的個人認証法に基づき機構が運営する${ja}認証局の証明書ポリシ及び認証実施規程を定める。`, `This document states the certificate policy and the practices of the ${en} authority that the agency runs under the act.`],
    ['1.2', '本規程の証明書ポリシの識別子は {policyOid} である。発行者の組織名は {organisation} である。', 'The identifier of the certificate policy is {policyOid}. The organisation of the issuer is {organisation}.'],
    ['1.3', '認証局は機構が運営し、市区町村長が申請を受け付け、住民が証明書を受け、届出をした検証者が失効情報の提供を受ける。', 'The agency runs the authority, mayors take requests, residents hold certificates, and verifiers on file receive revocation information.'],
    ['1.4', `証明書は、${use[0]}に用いる。その他の用途に用いてはならない。`, `Certificates serve ${use[1]}, and no other use.`],
    ['1.5', '本規程は機構が管理する。公開場所は {cpsUri} である。', 'The agency administers this document. It is published at {cpsUri}.'],
    ['2.2', '自己署名証明書、リンク証明書及び本規程を公開する。失効情報は、届出をした検証者に提供する。', 'Self-signed certificates, link certificates and this document are public. Revocation information is provided to verifiers on file.'],
    ['2.3', '失効リストは {crlIntervalHours} 時間ごとに発行し、鍵の漏えい等の届出があったときは直ちに発行する。', 'Revocation lists are issued every {crlIntervalHours} hours, and at once when the leak of a key is reported.'],
    ['2.4', '失効情報の参照は、届出の区分、目的及び方法ごとに制限し、記録する。', 'Access to revocation information is limited by class, purpose and mode of the notification, and recorded.'],
    ['3.1', `主体者名は、一意の番号を含む。証明書は${says[0]}を記載する。`, `Subject names hold a number that is unique. Certificates show ${says[1]}.`],
    ['3.2', '市区町村の窓口で本人を確認し、住民基本台帳の記録と照合する。', 'The applicant is identified at a municipal window and compared with the resident register.'],
    ['3.4', '失効の申請は、窓口での本人確認又は証明書による電子署名により認証する。', 'A request to revoke is authenticated in person at a window, or by a signature with the certificate.'],
    ['4.1', '住民基本台帳に記録されている者は、住所地の市区町村長を経由して申請できる。', 'Whoever is in the resident register may apply through the mayor of the place of residence.'],
    ['4.4', '個人番号カードに格納し、読み戻した内容が発行したものと一致したとき、受領されたものとする。', 'A certificate is accepted when it is stored on the card and reads back as it was issued.'],
    ['4.5', '私有鍵はカードの中で使用し、証明書の有効期間中に限り使用する。', 'The private key is used in the card, and only while the certificate is in force.'],
    ['4.7', '有効期間満了の日の3月前の日の翌日から、新しい鍵による発行を申請できる。', 'A certificate for a new key may be requested from the day after the date three months before the end.'],
    ['4.9', `本人の申請、鍵の漏えい、${change[0]}、記録の誤り及び発行者の鍵の漏えいがあったとき、直ちに記録し、失効させる。カードの紛失の連絡により一時停止する。`, `A certificate is revoked as soon as one of these is recorded: the holder's request, the leak of its key, ${change[1]}, an error in the records, or the leak of the issuer's key. It is suspended when the loss of the card is told.`],
    ['4.10', '状態は、失効リスト及びOCSPにより提供する。OCSPの応答は {ocspAnswerMinutes} 分間有効である。', 'Status is provided by revocation lists and OCSP. An OCSP answer is good for {ocspAnswerMinutes} minutes.'],
    ['4.11', '失効又は有効期間の満了により利用を終了する。', 'Use ends with the revocation or the end of the certificate.'],
    ['6.1', '認証局の鍵は、RSA {caKeyBits} ビットとする。利用者の鍵は、カードの中で生成し、RSA {subscriberKeyBits} ビットとする。', 'Keys of the authority are RSA of {caKeyBits} bits. Keys of subscribers are made in the card, RSA of {subscriberKeyBits} bits.'],
    ['6.3', '認証局の自己署名証明書の有効期間は {caLifeYears} 年、利用者の証明書の有効期間は最長 {subscriberLifeYears} 年とする。', 'The self-signed certificate of the authority lives {caLifeYears} years, a certificate of a subscriber {subscriberLifeYears} years at most.'],
    ['7.1', '証明書はX.509 version 3とし、署名アルゴリズムは {signatureAlgorithm} とする。certificatePoliciesは {policyOid} 一つとし、criticalとする。', 'Certificates are X.509 version 3, signed by {signatureAlgorithm}. certificatePolicies holds {policyOid} alone and is critical.'],
    ['7.2', '失効リストはversion 2とし、市区町村ごとに分割する。有効期間は {crlLifeHours} 時間、認証局証明書の失効リストは {arlLifeDays} 日とする。', 'Lists are version 2, one for each municipality. They are good for {crlLifeHours} hours, those of authority certificates for {arlLifeDays} days.'],
    ['7.3', 'OCSPはRFC 6960による。応答者の証明書の有効期間は {responderLifeDays} 日以内とし、id-pkix-ocsp-nocheckを含む。', 'OCSP follows RFC 6960. Certificates of responders live {responderLifeDays} days at most and hold id-pkix-ocsp-nocheck.'],
    ['9.1', '手数料は、機構が定めて公表する。', 'Fees are set and published by the agency.'],
  ];
}
