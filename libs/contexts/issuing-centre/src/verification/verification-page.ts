import type { Readable } from 'node:stream';
import { z } from 'zod';
import { Refusal } from '#kernel';
import { useCase, wholeBody, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { SHOWN_MS } from './shown-front.store.js';
import type { Verdict } from './verification.js';
import { MOST_SCAN, type VerificationDesk, type Verified } from './verify-back.js';

/** Octets of a form around its picture. */
const FORM = 4_096;
const POLICY = "default-src 'none'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const VERDICT_TEXTS: Readonly<Record<Verdict, string>> = {
  MATCH_SHOWN: '裏面の情報は真正です。下の画像と表面を見比べてください。画像は5分後に消えます。 / The back is genuine. Compare the picture below with the front; it goes away after five minutes.',
  SIGNATURE_INVALID: '電子署名が一致しません。偽造または改ざんのおそれがあります。 / The signature does not match: the paper may be forged or altered.',
  UNREADABLE: '読み取れませんでした。裏面全体を300dpi以上で読み取り、もう一度送信してください。 / It could not be read. Scan the whole back at 300 dpi or more and send it again.',
  REVOKED_OR_UNKNOWN: 'この証明書は登録がないか、取り消されています。 / The certificate is not on record, or was revoked.',
};
const REFUSALS: Readonly<Record<string, string>> = {
  BODY_TOO_LARGE: '画像が大きすぎます（12MBまで）。 / The picture is too large; 12 MB at most.',
  QUOTA_EXCEEDED: '確認の回数が上限に達しました。1時間後に再度お試しください。 / Too many verifications; come again in an hour.',
  UNAVAILABLE: '混み合っています。しばらくしてからお試しください。 / Too many are waiting; come again later.',
};

const showSpec = useCase({ action: 'issuing-centre.verification.show-page', kind: 'question', summary: 'The page on which everybody verifies a certificate by its back', input: z.strictObject({}), output: z.custom<BinaryAnswer>(), refusals: [] });

/** CARD-4.16. Plain HTML without scripts; a phone offers its camera. */
export class ShowVerificationPage implements UseCase<typeof showSpec> {
  readonly spec = showSpec;

  async execute(): Promise<BinaryAnswer> {
    return page('');
  }
}

const answerSpec = useCase({ action: 'issuing-centre.verification.answer-page', kind: 'process', summary: 'The same page with what the picture of a form of it has come to', input: z.strictObject({}), output: z.custom<BinaryAnswer>(), refusals: [] });

/** The picture goes back inside of the page and is kept nowhere. */
export class AnswerVerificationPage implements UseCase<typeof answerSpec> {
  readonly spec = answerSpec;

  constructor(private readonly desk: VerificationDesk) {}

  async execute(ctx: Ctx, _input: InputOf<typeof answerSpec>, body?: Readable): Promise<BinaryAnswer> {
    try {
      const picture = await pictureIn(await wholeBody(body, MOST_SCAN + FORM), ctx.headers['content-type'] ?? '');
      return page(resultOf(await this.desk.verify(ctx, picture)));
    } catch (error) {
      const text = error instanceof Refusal ? REFUSALS[error.code] : undefined;
      if (text === undefined) throw error;
      return page(`<p role="alert">${text}</p>`);
    }
  }
}

/** Of a form (RFC 7578); empty where there is none. */
async function pictureIn(form: Buffer, contentType: string): Promise<Buffer> {
  try {
    const field = (await new Response(Uint8Array.from(form), { headers: { 'content-type': contentType } }).formData()).get('scan');
    return field instanceof Blob ? Buffer.from(await field.arrayBuffer()) : Buffer.alloc(0);
  } catch {
    return Buffer.alloc(0);
  }
}

function resultOf({ verdict, image, page: number, pages, municipalityCode, issuedAt }: Verified): string {
  if (image === undefined) return `<p role="alert">${VERDICT_TEXTS[verdict]}</p>`;
  return `<p role="status">${VERDICT_TEXTS[verdict]}</p><dl><dt>市区町村コード / Municipality</dt><dd>${municipalityCode}</dd><dt>発行 / Issued</dt><dd>${issuedAt}</dd><dt>ページ / Page</dt><dd>${number} / ${pages}</dd></dl>
<img alt="証明書の表面 / Front of the certificate" width="827" src="data:image/webp;base64,${image.toString('base64')}">`;
}

/** With a result it goes back to the empty form by itself when the time is over. */
function page(result: string): BinaryAnswer {
  const html = `<!doctype html>
<html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width">${result === '' ? '' : `<meta http-equiv="refresh" content="${SHOWN_MS / 1_000};url=verification-page">`}<title>証明書の確認 / Certificate verification</title>
<main><h1>コンビニ交付証明書の確認 / Verification of certificates from kiosks</h1>${result}
<form method="post" enctype="multipart/form-data"><p><label>証明書の裏面の画像 (PNG, JPEG) / Picture of the back <input name="scan" type="file" accept="image/png,image/jpeg" capture="environment" required></label></p><p><button>確認 / Verify</button></p></form>
<p>送信された画像は保存しません。 / The picture is not kept.</p></main></html>
`;
  return { contentType: 'text/html; charset=utf-8', body: Buffer.from(html), headers: { 'cache-control': 'no-store', 'content-security-policy': POLICY } };
}
