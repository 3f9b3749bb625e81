import { z } from 'zod';
import { CA_IDS } from './ca.js';

/** Kind of the job that revokes all certificates of a compromised key. */
export const REVOKE_GENERATION = 'revoke-generation';

export const revokeGenerationParameters = z.object({ ca: z.enum(CA_IDS), generation: z.number().int() });
