import type { Readable } from 'node:stream';
import { z } from 'zod';
import { Refusal } from '#kernel';
import { useCase, wholeBody, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { isCertificateNumber } from './certificate.js';
import type { Verification, VerificationDesk } from './verify-certificate.js';

/** Octets of a form that was filled in. */
const MOST = 4_096;
const CODES: Readonly<Record<string, string>> = {
  UNKNOWN: 'この番号の修了証はありません。 / There is no certificate of this number.', QUOTA_EXCEEDED: '氏名の照合の回数が上限に達しました。1時間後に再度お試しください。 / Too many names were compared; come again in an hour.',
};
const STATUS_TEXTS: Readonly<Record<Verification['status'], string>> = {
  VALID: '有効です / In force', SUPERSEDED: '新しい修了証に差し替えられています / Superseded by a newer one', REVOKED: '取り消されています / Revoked',
};

const formSpec = useCase({ action: 'training.certificate.show-verification', kind: 'question', summary: 'The page on which everybody verifies a certificate', input: z.strictObject({}), output: z.custom<BinaryAnswer>(), refusals: [] });

/** TRN-4.9. Plain HTML without scripts; the number and the name go by POST, so that they stand in no address. */
export class ShowVerificationPage implements UseCase<typeof formSpec> {
  readonly spec = formSpec;

  async execute(): Promise<BinaryAnswer> {
    return page('');
  }
}

const answerSpec = useCase({ action: 'training.certificate.answer-verification', kind: 'process', summary: 'The same page with what a form of it asked', input: z.strictObject({}), output: z.custom<BinaryAnswer>(), refusals: [] });

export class AnswerVerificationPage implements UseCase<typeof answerSpec> {
  readonly spec = answerSpec;

  constructor(private readonly desk: VerificationDesk) {}

  async execute(ctx: Ctx, _input: InputOf<typeof answerSpec>, body?: Readable): Promise<BinaryAnswer> {
    const form = new URLSearchParams((await wholeBody(body, MOST)).toString('utf8'));
    const [no, name] = [(form.get('no') ?? '').replace(/\s/g, ''), (form.get('name') ?? '').trim().slice(0, 120)];
    if (!isCertificateNumber(no)) return page(`<p role="alert">${CODES['UNKNOWN']}</p>`);
    try {
      const { status, title, issuedOn, isSameName } = await (name === '' ? this.desk.verify(ctx, no) : this.desk.compare(ctx, no, name));
      const compared = isSameName === undefined ? '' : `<dt>氏名の照合 / Name</dt><dd>${isSameName ? '一致します / the same' : '一致しません / not the same'}</dd>`;
      return page(`<dl role="status"><dt>状態 / Status</dt><dd>${STATUS_TEXTS[status]}</dd><dt>研修 / Course</dt><dd>${escaped(title)}</dd><dt>交付日 / Issued on</dt><dd>${issuedOn}</dd>${compared}</dl>`);
    } catch (error) {
      const text = error instanceof Refusal ? CODES[error.code] : undefined;
      if (text === undefined) throw error;
      return page(`<p role="alert">${text}</p>`);
    }
  }
}

function page(result: string): BinaryAnswer {
  const html = `<!doctype html>
<html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>修了証の確認 / Certificate verification</title>
<main><h1>修了証の確認 / Certificate verification</h1>${result}
<form method="post"><p><label>証明番号 / Number <input name="no" inputmode="numeric" maxlength="24" required></label></p>
<p><label>氏名 (照合する場合) / Name, to compare <input name="name" maxlength="120" autocomplete="off"></label></p><p><button>確認 / Verify</button></p></form></main></html>
`;
  return { contentType: 'text/html; charset=utf-8', body: Buffer.from(html), headers: { 'cache-control': 'no-store' } };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
