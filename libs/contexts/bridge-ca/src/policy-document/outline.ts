/** Numbers and titles of RFC 3647 section 6, chapters and their sections. */
const ROWS: readonly (readonly [number: string, ja: string, en: string])[] = [
  ['1', 'はじめに', 'Introduction'], ['1.1', '概要', 'Overview'], ['1.2', '文書名と識別', 'Document name and identification'], ['1.3', 'PKIの関係者', 'PKI participants'],
  ['1.4', '証明書の用途', 'Certificate usage'], ['1.5', 'ポリシ管理', 'Policy administration'], ['1.6', '定義と略語', 'Definitions and acronyms'],
  ['2', '公開及びリポジトリの責任', 'Publication and repository responsibilities'], ['2.1', 'リポジトリ', 'Repositories'], ['2.2', '証明情報の公開', 'Publication of certification information'],
  ['2.3', '公開の時期及び頻度', 'Time or frequency of publication'], ['2.4', 'リポジトリへのアクセス管理', 'Access controls on repositories'],
  ['3', '識別及び認証', 'Identification and authentication'], ['3.1', '名称', 'Naming'], ['3.2', '初回の本人確認', 'Initial identity validation'],
  ['3.3', '鍵更新申請時の識別及び認証', 'Identification and authentication for re-key requests'], ['3.4', '失効申請時の識別及び認証', 'Identification and authentication for revocation request'],
  ['4', '証明書のライフサイクルに対する運用要件', 'Certificate life-cycle operational requirements'], ['4.1', '証明書の申請', 'Certificate application'], ['4.2', '証明書申請の手続', 'Certificate application processing'],
  ['4.3', '証明書の発行', 'Certificate issuance'], ['4.4', '証明書の受領', 'Certificate acceptance'], ['4.5', '鍵ペア及び証明書の用途', 'Key pair and certificate usage'], ['4.6', '証明書の更新', 'Certificate renewal'],
  ['4.7', '証明書の鍵更新', 'Certificate re-key'], ['4.8', '証明書の変更', 'Certificate modification'], ['4.9', '証明書の失効及び一時停止', 'Certificate revocation and suspension'],
  ['4.10', '証明書の状態確認サービス', 'Certificate status services'], ['4.11', '利用の終了', 'End of subscription'], ['4.12', '鍵の預託及び回復', 'Key escrow and recovery'],
  ['5', '設備、運営及び運用上の管理', 'Facility, management, and operational controls'], ['5.1', '物理的管理', 'Physical controls'], ['5.2', '手続上の管理', 'Procedural controls'], ['5.3', '人事上の管理', 'Personnel controls'],
  ['5.4', '監査記録の手続', 'Audit logging procedures'], ['5.5', '記録の保管', 'Records archival'], ['5.6', '鍵の切替え', 'Key changeover'], ['5.7', '危殆化及び災害からの復旧', 'Compromise and disaster recovery'],
  ['5.8', '認証局又は登録局の終了', 'CA or RA termination'],
  ['6', '技術的セキュリティ管理', 'Technical security controls'], ['6.1', '鍵ペアの生成及び導入', 'Key pair generation and installation'],
  ['6.2', '私有鍵の保護及び暗号モジュールの管理', 'Private key protection and cryptographic module engineering controls'], ['6.3', '鍵ペアのその他の管理', 'Other aspects of key pair management'],
  ['6.4', '活性化データ', 'Activation data'], ['6.5', 'コンピュータのセキュリティ管理', 'Computer security controls'], ['6.6', 'ライフサイクルの技術的管理', 'Life cycle technical controls'],
  ['6.7', 'ネットワークのセキュリティ管理', 'Network security controls'], ['6.8', 'タイムスタンプ', 'Time-stamping'],
  ['7', '証明書、CRL及びOCSPのプロファイル', 'Certificate, CRL, and OCSP profiles'], ['7.1', '証明書のプロファイル', 'Certificate profile'], ['7.2', 'CRLのプロファイル', 'CRL profile'], ['7.3', 'OCSPのプロファイル', 'OCSP profile'],
  ['8', '準拠性監査及びその他の評価', 'Compliance audit and other assessments'], ['8.1', '監査の頻度', 'Frequency or circumstances of assessment'], ['8.2', '監査人の資格', 'Identity and qualifications of assessor'],
  ['8.3', '監査人と被監査者の関係', 'Assessor\'s relationship to assessed entity'], ['8.4', '監査の対象', 'Topics covered by assessment'], ['8.5', '不備への対応', 'Actions taken as a result of deficiency'],
  ['8.6', '監査結果の報告', 'Communication of results'],
  ['9', 'その他の業務上及び法的事項', 'Other business and legal matters'], ['9.1', '手数料', 'Fees'], ['9.2', '財務上の責任', 'Financial responsibility'], ['9.3', '業務情報の秘密保持', 'Confidentiality of business information'],
  ['9.4', '個人情報の保護', 'Privacy of personal information'], ['9.5', '知的財産権', 'Intellectual property rights'], ['9.6', '表明保証', 'Representations and warranties'], ['9.7', '保証の否認', 'Disclaimers of warranties'],
  ['9.8', '責任の制限', 'Limitations of liability'], ['9.9', '補償', 'Indemnities'], ['9.10', '有効期間及び終了', 'Term and termination'], ['9.11', '個別の通知及び連絡', 'Individual notices and communications with participants'],
  ['9.12', '改訂', 'Amendments'], ['9.13', '紛争解決', 'Dispute resolution provisions'], ['9.14', '準拠法', 'Governing law'], ['9.15', '法令の遵守', 'Compliance with applicable law'], ['9.16', '雑則', 'Miscellaneous provisions'],
  ['9.17', 'その他の規定', 'Other provisions'],
];

export interface OutlineEntry {
  readonly number: string;
  readonly title: { readonly ja: string; readonly en: string };
}

export const OUTLINE: readonly OutlineEntry[] = ROWS.map(([number, ja, en]) => ({ number, title: { ja, en } }));

/** Sections that say something: chapters hold nothing but their sections. */
export const SECTION_NUMBERS: readonly string[] = OUTLINE.map(({ number }) => number).filter((number) => number.includes('.'));
