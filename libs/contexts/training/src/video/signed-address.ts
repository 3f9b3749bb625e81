import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { ACCESS_SECONDS } from './video.js';

/** What a signed address carries: whose viewing, until when, and that we said so. It names no person. */
export const signedAccess = { viewing: z.uuid(), expires: z.coerce.number().int(), signature: z.string().regex(/^[\w-]{43}$/) };
export interface SignedAccess {
  readonly viewing: string;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly signature: string;
}

/** Signs and checks addresses of a video, good for six hours (TRN-4.8): players fetch without an access token. */
export class AddressSigner {
  constructor(private readonly key: Buffer) {}

  sign(videoId: string, viewing: string, now: Date): SignedAccess {
    const expires = Math.floor(now.getTime() / 1_000) + ACCESS_SECONDS;
    return { viewing, expires, signature: this.mac(videoId, viewing, expires).toString('base64url') };
  }

  /** Refuses ADDRESS_INVALID for another video, viewing or time, and after the six hours. */
  check(videoId: string, { viewing, expires, signature }: SignedAccess, now: Date): void {
    const isOurs = timingSafeEqual(this.mac(videoId, viewing, expires), Buffer.from(signature, 'base64url'));
    if (!isOurs || expires * 1_000 <= now.getTime()) throw trainingProblems.refuse('ADDRESS_INVALID');
  }

  private mac(videoId: string, viewing: string, expires: number): Buffer {
    return createHmac('sha256', this.key).update(`${videoId}.${viewing}.${expires}`).digest();
  }
}
