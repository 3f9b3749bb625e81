import { createHash } from 'node:crypto';
import type { Ctx } from '#platform';
import { backPdf, type BackPage } from './back-pdf.js';
import type { FrontKeys } from './front-keys.js';
import { rasterOf } from './front-raster.js';
import { statementText } from './front-statement.js';
import { contentId, splitContent } from './front-symbol.js';
import type { ProtectedFrontStore } from './protected-front.store.js';

/** The front that a back belongs to. */
export interface Front {
  readonly pdf: Buffer;
  readonly requestId: string;
  readonly municipalityCode: string;
  readonly issuedAt: Date;
}

/** Protects fronts (CARD-4.16). */
export class BackSides {
  constructor(
    private readonly keys: FrontKeys,
    private readonly fronts: ProtectedFrontStore,
  ) {}

  /** The backs of a front, as PDF, a page each. A request has one front: of another, and of a revoked one, nothing is made (undefined). In a process. */
  async of(ctx: Ctx, { pdf, requestId, municipalityCode, issuedAt }: Front): Promise<Buffer | undefined> {
    const { db } = ctx;
    const images = await rasterOf(pdf);
    const { kid } = await this.keys.newest(db);
    const front = { kid, requestId, municipalityCode, issuedAt, pdfSha256: createHash('sha256').update(pdf).digest() };
    const isKept = await ctx.transaction(async (tx) => {
      const isOwn = await this.fronts.add(tx.db, { ...front, pageCount: images.length });
      tx.audit({ object: `certificate-request:${requestId}`, facts: { protected: isOwn, kid, pages: images.length } });
      return isOwn;
    });
    if (!isKept) return undefined;
    const signature = await this.keys.sign(db, front);
    const backs: BackPage[] = [];
    for (const [index, image] of images.entries()) {
      const place = { page: index + 1, pages: images.length };
      const sealed = await this.keys.seal(db, { ...front, ...place }, image);
      backs.push({ requestId, ...place, frames: splitContent(sealed), statement: statementText({ ...front, ...place, contentId: contentId(sealed), signature }) });
    }
    return backPdf(backs, issuedAt);
  }
}
