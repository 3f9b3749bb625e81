import type { Ctx, Db, Row } from '#platform';

export const CARD_PINS = ['SIGN', 'AUTH', 'INPUT', 'JUKI'] as const;
type CardPin = (typeof CARD_PINS)[number];

const COLUMNS = { SET: 'set_at', LOCKED: 'locked_at', RESET: 'reset_at' } as const;
export type PinEvent = keyof typeof COLUMNS;

export interface PinRecord {
  readonly pin: CardPin;
  readonly setAt: Date | null;
  readonly lockedAt: Date | null;
  readonly resetAt: Date | null;
}

/** What is known of the PINs of cards: when each was set, locked and reset, and who told it last (CARD-4.8). */
export class CardPinStore {
  async note(ctx: Ctx, cardSerial: string, pins: readonly CardPin[], event: PinEvent): Promise<void> {
    const column = COLUMNS[event];
    await ctx.db.run(
      `INSERT INTO card_pin (card_serial, pin, ${column}, client, operator) SELECT $1, pin, $3, $4, $5 FROM unnest($2::text[]) AS pin
       ON CONFLICT (card_serial, pin) DO UPDATE SET ${column} = excluded.${column}, client = excluded.client, operator = excluded.operator`,
      cardSerial, pins, ctx.now.toISOString(), ctx.actor.clientId, ctx.actor.operator ?? null,
    );
  }

  async ofCard(db: Db, cardSerial: string): Promise<PinRecord[]> {
    return db.many<PinRecord & Row>('SELECT pin, set_at AS "setAt", locked_at AS "lockedAt", reset_at AS "resetAt" FROM card_pin WHERE card_serial = $1 ORDER BY pin', cardSerial);
  }
}
