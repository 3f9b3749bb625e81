import type { SeedRow } from './common.js';

/** The bridge and, below it, the authorities in the governors' names. */
export const BRIDGE_ROWS: readonly SeedRow[] = [
  ['1.1', '本規程は、都道府県認証局と政府認証基盤等を相互認証により中継する個人認証ブリッジ認証局の証明書ポリシ及び認証実施規程を定める。', 'This document states the certificate policy and the practices of the bridge authority, which relays between the prefectures\' authorities and the government PKI by cross-certification.'],
  ['1.2', 'ブリッジ認証局の証明書ポリシの識別子は {policyOid}、都道府県認証局のものは {prefecturalPolicyOid} である。発行者の組織名は {organisation} である。', 'The identifier of the bridge\'s policy is {policyOid}, that of the prefectures\' {prefecturalPolicyOid}. The organisation of the issuer is {organisation}.'],
  ['1.3', '機構がブリッジ認証局を運営する。都道府県認証局及び政府認証基盤のブリッジ認証局を相互認証の相手方とする。', 'The agency runs the bridge. The prefectures\' authorities and the bridge of the government PKI are its counterparts.'],
  ['1.4', '相互認証証明書は、都道府県認証局の発行した証明書の検証に用いる。', 'Cross certificates serve the validation of certificates that the prefectures\' authorities issued.'],
  ['1.5', '本規程は、共通基盤事業運用会議が管理する。', 'The platform council administers this document.'],
  ['2.2', '自己署名証明書、リンク証明書、相互認証証明書の組、失効リスト及び本規程を公開する。', 'Self-signed certificates, link certificates, cross certificate pairs, revocation lists and this document are published.'],
  ['2.3', '認証局証明書の失効リストは {arlIntervalMonths} 月ごと及び失効の都度、都道府県認証局の利用者の失効リストは {crlIntervalHours} 時間ごとに発行する。', 'Lists of authority certificates are issued every {arlIntervalMonths} month and at each revocation, lists of the prefectures\' subscribers every {crlIntervalHours} hours.'],
  ['2.4', '証明書及び認証局証明書の失効リストの参照は制限しない。', 'Certificates and lists of authority certificates are open to everybody.'],
  ['3.1', '認証局の識別名は、全ての世代の鍵に共通とする。', 'The name of an authority is the same for all generations of its key.'],
  ['3.2', '相互認証の申請は、公文書により相手方を確認し、要求の署名を検証し、鍵のハッシュ値を別の経路で照合する。', 'A counterpart is identified by official letter; the signature of its request is verified and the digest of the key compared over a second channel.'],
  ['3.4', '失効の申請は、相手方の公文書により確認する。', 'A request to revoke is confirmed by official letter of the counterpart.'],
  ['4.1', '相互認証を希望する認証局は、証明書ポリシを添えて共通基盤事業運用会議に申し出る。', 'An authority that wants to be cross-certified applies to the platform council with its certificate policy.'],
  ['4.4', '相手方が証明書を検査し、組が公開されたとき、受領されたものとする。', 'A certificate is accepted when the counterpart has checked it and the pair is published.'],
  ['4.5', '相互認証証明書は、検証経路の構築にのみ用いる。', 'Cross certificates serve the building of paths only.'],
  ['4.7', '鍵を更新したときは、新しい要求を交換し、新しい相互認証証明書を発行する。', 'After a change of keys new requests are exchanged and new cross certificates issued.'],
  ['4.9', '相手方の鍵の危殆化、規程への不適合又は相互認証の終了のとき、失効させる。一時停止は行わない。', 'A cross certificate is revoked when the counterpart\'s key is compromised, its practices no longer conform, or the cross-certification ends. There is no suspension.'],
  ['4.10', '状態は失効リストにより提供する。', 'Status is provided by revocation lists.'],
  ['4.11', '相互認証の終了により、双方の証明書を失効させる。', 'At the end of a cross-certification both certificates are revoked.'],
  ['6.1', '認証局の鍵は、RSA {caKeyBits} ビットとする。', 'Keys of authorities are RSA of {caKeyBits} bits.'],
  ['6.3', '自己署名証明書の有効期間は {caLifeYears} 年、相互認証証明書の有効期間は最長 {crossLifeYears} 年とする。', 'Self-signed certificates live {caLifeYears} years, cross certificates {crossLifeYears} years at most.'],
  ['7.1', '証明書はX.509 version 3とし、署名アルゴリズムは {signatureAlgorithm} とする。相互認証証明書はcertificatePolicies、policyMappings及びpolicyConstraintsを含み、nameConstraintsを含まない。', 'Certificates are X.509 version 3, signed by {signatureAlgorithm}. Cross certificates hold certificatePolicies, policyMappings and policyConstraints, and no nameConstraints.'],
  ['7.2', '失効リストはversion 2とする。有効期間は、認証局証明書のものを {arlLifeDays} 日、都道府県認証局の利用者のものを {crlLifeHours} 時間とする。', 'Lists are version 2. Those of authority certificates are good for {arlLifeDays} days, those of the prefectures\' subscribers for {crlLifeHours} hours.'],
  ['7.3', 'OCSPは提供しない。', 'OCSP is not provided.'],
  ['9.1', '相互認証に手数料を要しない。', 'There is no fee for cross-certification.'],
];
