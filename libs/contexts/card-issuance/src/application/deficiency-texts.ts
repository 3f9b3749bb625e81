/** Languages of notices: those of the call centre (CARD-4.18) and Japanese. */
export const NOTICE_LANGUAGES = ['ja', 'en', 'zh', 'ko', 'es', 'pt'] as const;
export type NoticeLanguage = (typeof NOTICE_LANGUAGES)[number];

type Text = Readonly<Record<NoticeLanguage, string>>;

/** What each deficiency of CARD-4.3 means to the applicant. */
export const DEFICIENCY_TEXTS = {
  P01: { ja: '写真の大きさは縦45mm×横35mmとし、裏面に氏名と生年月日を書いてください。', en: 'The photo must be 45 x 35 mm with name and date of birth on its back.', zh: '照片尺寸须为45×35毫米，背面写明姓名和出生日期。', ko: '사진은 45×35mm이며 뒷면에 성명과 생년월일을 적어 주십시오.', es: 'La foto debe medir 45 x 35 mm y llevar nombre y fecha de nacimiento al dorso.', pt: 'A foto deve medir 45 x 35 mm com nome e data de nascimento no verso.' },
  P02: { ja: '写真のファイル形式または大きさが規格に合いません。', en: 'The photo file does not meet the format.', zh: '照片文件的格式或大小不符合规定。', ko: '사진 파일의 형식 또는 크기가 규격에 맞지 않습니다.', es: 'El archivo de la foto no cumple el formato.', pt: 'O arquivo da foto não atende ao formato.' },
  P03: { ja: '正面を向き、顔が中央になるように撮影してください。', en: 'Face the camera straight, with the head upright and in the middle.', zh: '请正对镜头，头部端正居中。', ko: '정면을 향해 얼굴이 가운데 오도록 촬영하십시오.', es: 'Mire de frente, con la cabeza recta y centrada.', pt: 'Olhe de frente, com a cabeça reta e centralizada.' },
  P04: { ja: '背景は無地とし、物や影が写らないようにしてください。', en: 'The background must be plain, without objects or shadows.', zh: '背景须为纯色，不得有物体或阴影。', ko: '배경은 무지로 하고 사물이나 그림자가 없어야 합니다.', es: 'El fondo debe ser liso, sin objetos ni sombras.', pt: 'O fundo deve ser liso, sem objetos nem sombras.' },
  P05: { ja: '帽子・サングラス・マスクを外し、目が髪や眼鏡の枠に隠れないようにしてください。', en: 'Take off hat, sunglasses and mask; neither hair nor frames may cover the eyes.', zh: '请摘下帽子、墨镜和口罩，头发或镜框不得遮住眼睛。', ko: '모자, 선글라스, 마스크를 벗고 눈이 머리카락이나 안경테에 가려지지 않게 하십시오.', es: 'Quítese sombrero, gafas de sol y mascarilla; ni el pelo ni la montura deben tapar los ojos.', pt: 'Retire chapéu, óculos escuros e máscara; cabelo ou armação não podem cobrir os olhos.' },
  P06: { ja: '写真がぼやけている、暗い、または光が反射しています。', en: 'The photo is blurred, dark or has reflections.', zh: '照片模糊、过暗或有反光。', ko: '사진이 흐리거나 어둡거나 빛이 반사되어 있습니다.', es: 'La foto está borrosa, oscura o tiene reflejos.', pt: 'A foto está desfocada, escura ou com reflexos.' },
  P07: { ja: '平常の表情で、加工していない写真を使ってください。', en: 'Use an unaltered photo with your usual expression.', zh: '请使用表情自然、未经修饰的照片。', ko: '평상시 표정의 보정하지 않은 사진을 사용하십시오.', es: 'Use una foto sin retocar, con su expresión habitual.', pt: 'Use uma foto sem retoques, com sua expressão habitual.' },
  P08: { ja: '申請者お一人だけが写った写真を使ってください。', en: 'The photo must show the applicant alone.', zh: '照片中只能有申请人一人。', ko: '신청자 한 사람만 나온 사진을 사용하십시오.', es: 'La foto debe mostrar solo al solicitante.', pt: 'A foto deve mostrar somente o requerente.' },
  P09: { ja: 'ご本人の写真であることを確認できません。', en: 'It could not be confirmed that the photo shows you.', zh: '无法确认照片为本人。', ko: '본인의 사진임을 확인할 수 없습니다.', es: 'No se pudo confirmar que la foto sea suya.', pt: 'Não foi possível confirmar que a foto é sua.' },
  P10: { ja: '6か月以内に撮影した写真を使ってください。', en: 'Use a photo taken within the last six months.', zh: '请使用六个月内拍摄的照片。', ko: '6개월 이내에 촬영한 사진을 사용하십시오.', es: 'Use una foto tomada en los últimos seis meses.', pt: 'Use uma foto tirada nos últimos seis meses.' },
  F01: { ja: '法定代理人の氏名を記入してください。', en: 'Give the name of the statutory representative.', zh: '请填写法定代理人姓名。', ko: '법정대리인의 성명을 적어 주십시오.', es: 'Indique el nombre del representante legal.', pt: 'Informe o nome do representante legal.' },
  F02: { ja: '申請書が古いか、別の様式です。市区町村で新しい申請書を受け取ってください。', en: 'The form is old or of another kind; ask your municipality for a new one.', zh: '申请书已过期或样式不符，请向市区町村领取新申请书。', ko: '신청서가 오래되었거나 다른 양식입니다. 시구정촌에서 새 신청서를 받으십시오.', es: 'El formulario es antiguo o de otro tipo; pida uno nuevo en su municipio.', pt: 'O formulário é antigo ou de outro tipo; peça um novo no seu município.' },
  F03: { ja: '申請書IDを読み取れません。', en: 'The application ID cannot be read.', zh: '无法读取申请书ID。', ko: '신청서 ID를 읽을 수 없습니다.', es: 'No se puede leer el número de solicitud.', pt: 'Não é possível ler o número do formulário.' },
  F04: { ja: '氏名（漢字・通称）が住民票と一致しません。', en: 'The name differs from the resident record.', zh: '姓名与住民票不一致。', ko: '성명이 주민표와 일치하지 않습니다.', es: 'El nombre no coincide con el registro de residentes.', pt: 'O nome difere do registro de residente.' },
  F05: { ja: '住民票のある方ではありません。', en: 'You are no longer on the resident record.', zh: '您已不在住民票登记中。', ko: '주민표에 등재되어 있지 않습니다.', es: 'Ya no figura en el registro de residentes.', pt: 'Você não consta mais no registro de residentes.' },
  F06: { ja: '有効なカードを既にお持ちです。', en: 'You hold a valid card already.', zh: '您已持有有效的卡。', ko: '이미 유효한 카드를 가지고 있습니다.', es: 'Ya tiene una tarjeta válida.', pt: 'Você já possui um cartão válido.' },
  F07: { ja: '亡くなられた方の申請です。', en: 'The application is for a deceased person.', zh: '该申请对象已去世。', ko: '사망하신 분의 신청입니다.', es: 'La solicitud es de una persona fallecida.', pt: 'O pedido é de uma pessoa falecida.' },
  F08: { ja: '電子証明書の希望の有無が重ねて記入されています。', en: 'The wish for certificates is marked both ways.', zh: '电子证书的意愿栏填写矛盾。', ko: '전자증명서 희망 여부가 중복 기재되어 있습니다.', es: 'La opción de certificados está marcada de dos maneras.', pt: 'A opção de certificados está marcada das duas formas.' },
} as const satisfies Readonly<Record<string, Text>>;
export type DeficiencyCode = keyof typeof DEFICIENCY_TEXTS;

const OPENING: Text = {
  ja: '個人番号カードの交付申請について、次の不備がありました。', en: 'Your application for an individual number card cannot go on yet:', zh: '您的个人编号卡申请存在以下问题：',
  ko: '개인번호카드 교부 신청에 다음과 같은 미비점이 있습니다.', es: 'Su solicitud de la tarjeta de número individual tiene estas deficiencias:', pt: 'Seu pedido do cartão de número individual tem estas pendências:',
};
const RESUBMIT: Text = {
  ja: '{day}までに、次の番号を使って再提出してください。', en: 'Send it in again by {day} with this code:', zh: '请在{day}前使用以下代码重新提交：',
  ko: '{day}까지 다음 번호로 다시 제출해 주십시오.', es: 'Vuelva a enviarla antes del {day} con este código:', pt: 'Envie novamente até {day} com este código:',
};
const REFUSED: Text = {
  ja: '次の理由により、申請は承認されませんでした。', en: 'Your application was refused for these reasons:', zh: '您的申请因以下原因未获批准：',
  ko: '다음 이유로 신청이 승인되지 않았습니다.', es: 'Su solicitud fue denegada por estos motivos:', pt: 'Seu pedido foi recusado por estes motivos:',
};

/** The text of one deficiency. */
export function textOf(language: NoticeLanguage, code: DeficiencyCode): string {
  return DEFICIENCY_TEXTS[code][language];
}

/** The notice of a deficiency with the way to mend it, or of a refusal; lines ended by LF (CARD-4.3). */
export function noticeText(notice: { readonly language: NoticeLanguage; readonly codes: readonly DeficiencyCode[]; readonly resubmission: { readonly until: string; readonly token: string } | undefined }): string {
  const { language, codes, resubmission } = notice;
  const reasons = codes.map((code) => `${code} ${textOf(language, code)}`);
  const lines = resubmission === undefined
    ? [REFUSED[language], ...reasons]
    : [OPENING[language], ...reasons, RESUBMIT[language].replace('{day}', resubmission.until), resubmission.token];
  return lines.map((line) => `${line}\n`).join('');
}
