import { localDateInJapan } from '#kernel';
import type { Ctx } from '#platform';
import { z } from 'zod';
import type { ApplicationStore, CheckedPhoto } from './application.store.js';
import { measurePhoto } from './photo/measure-photo.js';
import { perceptualHash, SAME_PHOTO_BITS } from './photo/perceptual-hash.js';
import type { PhotoFile } from './photo/photo-file.js';
import { photoFindings, type PhotoFinding } from './photo/photo-findings.js';

/** A finding as an applicant may see it. */
export const findingView = z.object({
  code: z.string(), measure: z.string(), severity: z.enum(['ASSIST', 'MANUAL']), value: z.number(), limit: z.number(),
  region: z.object({ left: z.number(), top: z.number(), width: z.number(), height: z.number() }).optional().describe('pixels of the print version, 413 by 531'),
});

/** What the picture itself shows; nothing is compared with others. */
export function pictureFindings(photo: PhotoFile, now: Date): PhotoFinding[] {
  return photoFindings(measurePhoto(photo.raster), { takenOn: photo.takenOn, today: localDateInJapan(now) });
}

/** All findings of an applicant's photo, that another person has sent the same in among them (CARD-4.3 P09). */
export async function judgePhoto(ctx: Ctx, applications: ApplicationStore, personKey: string, photo: PhotoFile): Promise<{ readonly checked: CheckedPhoto; readonly findings: PhotoFinding[]; readonly manual: boolean }> {
  const perceptual = await perceptualHash(photo.raster);
  const findings = [...pictureFindings(photo, ctx.now), ...(await sharedPhoto(ctx, applications, personKey, perceptual))];
  return { checked: { ...photo, perceptual }, findings, manual: findings.some(({ severity }) => severity === 'MANUAL') };
}

/** P09 where another person has an application with this photo. */
export async function sharedPhoto(ctx: Ctx, applications: ApplicationStore, personKey: string, perceptual: bigint): Promise<PhotoFinding[]> {
  const other = await applications.photoOfAnother(ctx.db, personKey, perceptual);
  return other === undefined ? [] : [{ code: 'P09', measure: 'bitsApart', severity: 'MANUAL', value: other.bits, limit: SAME_PHOTO_BITS, otherApplicationId: other.applicationId }];
}
