import type { Language } from './call-record.js';

/** What agents say, word by word (CARD-4.18): nobody is ever asked for the number. */
export const AGENT_TEXTS = {
  GREETING: {
    ja: '個人番号カードコールセンターです。ご用件をお聞かせください。', en: 'Individual Number Card call centre. How can I help you?', zh: '这里是个人编号卡呼叫中心，请问有什么可以帮您？',
    ko: '개인번호카드 콜센터입니다. 무엇을 도와드릴까요?', es: 'Centro de atención de la Tarjeta de Número Individual. ¿En qué puedo ayudarle?', pt: 'Central de atendimento do Cartão de Número Individual. Em que posso ajudar?',
  },
  NEVER_SAY_NUMBER: {
    ja: '12桁の個人番号はお伺いしません。お話しにならないでください。', en: 'We never ask for your 12-digit number. Please do not say it.', zh: '我们绝不会询问您的12位个人编号，请不要说出来。',
    ko: '12자리 개인번호는 절대 여쭙지 않습니다. 말씀하지 마십시오.', es: 'Nunca le pediremos su número de 12 dígitos. Por favor, no lo diga.', pt: 'Nunca pedimos o seu número de 12 dígitos. Por favor, não o diga.',
  },
  IDENTIFY: {
    ja: 'カードの停止のため、お名前、生年月日、ご住所を教えてください。', en: 'To stop the card, please tell me your name, date of birth and address.', zh: '为了停用卡片，请告诉我您的姓名、出生日期和住址。',
    ko: '카드 정지를 위해 성명, 생년월일, 주소를 말씀해 주십시오.', es: 'Para suspender la tarjeta, dígame su nombre, fecha de nacimiento y dirección.', pt: 'Para suspender o cartão, diga-me o seu nome, data de nascimento e endereço.',
  },
  CARD_DETAIL: {
    ja: '交付通知書の番号など、カードについてお分かりのことがあれば教えてください。', en: 'If you know any detail of the card, such as the number of the hand-over notice, please tell me.', zh: '如果您知道卡片的相关信息，例如交付通知书的编号，请告诉我。',
    ko: '교부 통지서 번호 등 카드에 대해 아시는 것이 있으면 말씀해 주십시오.', es: 'Si conoce algún dato de la tarjeta, como el número del aviso de entrega, dígamelo.', pt: 'Se souber algum dado do cartão, como o número do aviso de entrega, diga-me.',
  },
  STOPPED: {
    ja: 'カードを一時停止しました。', en: 'The card has been stopped.', zh: '卡片已停用。', ko: '카드를 일시 정지하였습니다.', es: 'La tarjeta ha sido suspendida.', pt: 'O cartão foi suspenso.',
  },
  STOPPED_IN_DOUBT: {
    ja: 'カードを一時停止しました。確認のため、ご登録の住所へ書面をお送りします。', en: 'The card has been stopped. A letter will be sent to the registered address as a check.', zh: '卡片已停用。为了确认，我们将向登记的住址寄送信函。',
    ko: '카드를 일시 정지하였습니다. 확인을 위해 등록된 주소로 서면을 보내 드립니다.', es: 'La tarjeta ha sido suspendida. Se enviará una carta de comprobación a la dirección registrada.', pt: 'O cartão foi suspenso. Será enviada uma carta de verificação ao endereço registado.',
  },
  NO_MATCH: {
    ja: '該当するカードが見つかりません。お住まいの市区町村の窓口へお越しください。', en: 'No card matches. Please go to the counter of your municipality.', zh: '找不到符合的卡片，请前往您居住地的市区町村窗口。',
    ko: '해당하는 카드를 찾을 수 없습니다. 거주하시는 시구정촌 창구를 방문해 주십시오.', es: 'No se encuentra ninguna tarjeta. Acuda a la ventanilla de su municipio.', pt: 'Nenhum cartão corresponde. Dirija-se ao balcão do seu município.',
  },
  COUNTER_ONLY: {
    ja: '一時停止の解除は、カードと本人確認書類をお持ちのうえ市区町村の窓口でのみできます。', en: 'A stop is lifted only at a municipal counter, with the card and proof of identity.', zh: '解除停用只能携带卡片和身份证明在市区町村窗口办理。',
    ko: '정지 해제는 카드와 본인 확인 서류를 지참하고 시구정촌 창구에서만 가능합니다.', es: 'La suspensión solo se levanta en la ventanilla municipal, con la tarjeta y un documento de identidad.', pt: 'A suspensão só é levantada no balcão municipal, com o cartão e um documento de identidade.',
  },
  POLICE_REPORT: {
    ja: '外出先で紛失または盗難にあわれた場合は、警察へ届け出て受理番号をお控えください。再交付の際に必要です。', en: 'If the card was lost or stolen outside your home, report it to the police and note the report number: it is needed for a new card.',
    zh: '如在外遗失或被盗，请向警察报案并记下受理编号，补办时需要。', ko: '외출 중 분실하거나 도난당한 경우 경찰에 신고하고 접수 번호를 적어 두십시오. 재교부 시 필요합니다.',
    es: 'Si perdió la tarjeta o se la robaron fuera de casa, denúncielo a la policía y anote el número de denuncia: lo necesitará para una tarjeta nueva.', pt: 'Se perdeu o cartão ou ele foi roubado fora de casa, comunique à polícia e anote o número da ocorrência: será necessário para um novo cartão.',
  },
  CLOSED: {
    ja: '受付時間外です。紛失・盗難による一時停止は24時間365日受け付けています。', en: 'We are closed. Stops after loss or theft are taken 24 hours, every day.', zh: '现在不是受理时间。遗失、被盗的停用手续全年24小时受理。',
    ko: '접수 시간이 아닙니다. 분실·도난에 의한 정지는 연중 24시간 접수합니다.', es: 'Estamos cerrados. Las suspensiones por pérdida o robo se atienden las 24 horas, todos los días.', pt: 'Estamos fechados. As suspensões por perda ou roubo são atendidas 24 horas, todos os dias.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;
