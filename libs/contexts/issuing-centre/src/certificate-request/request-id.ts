import { certificateRequestId } from '#contracts/municipal-issuer';
import { z } from 'zod';

export const requestId = certificateRequestId;
/** What the kiosk alone holds, for one request: without it nobody opens the content. */
export const contentKey = z.string().regex(/^[0-9a-f]{64}$/).describe('32 octets drawn by the kiosk, hex');
export const pages = z.int().min(0).max(990).describe('pages that came out, of all copies together');
