import { z } from 'zod';

/** 16 characters of 0-9A-Z (CARD-4.4). */
export const cardSerialInput = z.string().regex(/^[0-9A-Z]{16}$/);

/** A card on the table of a counter. */
export const cardAtCounter = z.strictObject({ cardSerial: cardSerialInput, terminalId: z.string().min(1).max(64) });
