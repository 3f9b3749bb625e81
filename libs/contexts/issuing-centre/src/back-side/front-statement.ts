/** What the signature of a back is about, and what else its symbol says of the page. */
export interface FrontStatement {
  /** Of the key that signed. */
  readonly kid: string;
  readonly requestId: string;
  readonly municipalityCode: string;
  readonly issuedAt: Date;
  /** Of the whole front, as PDF. */
  readonly pdfSha256: Buffer;
  readonly page: number;
  readonly pages: number;
  /** Of the image on this back. */
  readonly contentId: Buffer;
}

export interface SignedStatement extends FrontStatement {
  readonly signature: Buffer;
}

const FORM = /^KBF1\.(?<kid>[0-9a-f]{16})\.(?<request>[A-Z0-9-]{8,40})\.(?<municipality>\d{6})\.(?<issued>\d{1,15})\.(?<page>\d{1,2})\.(?<pages>\d{1,2})\.(?<content>[0-9a-f]{16})\.(?<sha256>[\w-]{43})\.(?<signature>[\w-]{86})$/;

/** CARD-4.16: SHA-256(front PDF) ‖ requestId ‖ municipality ‖ issuedAt. The parts after the hash end with a line feed, so that none runs into the next. */
export function signedOctets({ pdfSha256, requestId, municipalityCode, issuedAt }: Pick<FrontStatement, 'pdfSha256' | 'requestId' | 'municipalityCode' | 'issuedAt'>): Buffer {
  return Buffer.concat([pdfSha256, Buffer.from(`${requestId}\n${municipalityCode}\n${issuedAt.toISOString()}\n`)]);
}

/** What the encryption of an image is bound to: moved to another certificate or page it opens no more. */
export function imageBinding({ pdfSha256, requestId, page, pages }: Pick<FrontStatement, 'pdfSha256' | 'requestId' | 'page' | 'pages'>): Buffer {
  return Buffer.concat([pdfSha256, Buffer.from(`${requestId}\n${page}\n${pages}\n`)]);
}

/** As it stands in the symbol: `KBF1.kid.request.municipality.milliseconds.page.pages.content.sha256.signature`. */
export function statementText({ kid, requestId, municipalityCode, issuedAt, page, pages, contentId, pdfSha256, signature }: SignedStatement): string {
  return ['KBF1', kid, requestId, municipalityCode, issuedAt.getTime(), page, pages, contentId.toString('hex'), pdfSha256.toString('base64url'), signature.toString('base64url')].join('.');
}

/** Undefined where a text is no statement. */
export function parseStatement(text: string): SignedStatement | undefined {
  const parts = FORM.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { kid = '', request = '', municipality = '', issued, page, pages, content = '', sha256 = '', signature = '' } = parts;
  return {
    kid, requestId: request, municipalityCode: municipality, issuedAt: new Date(Number(issued)), page: Number(page), pages: Number(pages), contentId: Buffer.from(content, 'hex'), pdfSha256: Buffer.from(sha256, 'base64url'), signature: Buffer.from(signature, 'base64url'),
  };
}
