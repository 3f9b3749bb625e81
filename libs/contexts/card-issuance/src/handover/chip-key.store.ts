import type { Db } from '#platform';

/** Keys of chips, one a card, written once. */
export class ChipKeyStore {
  async find(db: Db, cardSerial: string): Promise<Buffer | undefined> {
    return (await db.maybe<{ spki: Buffer }>('SELECT spki FROM chip_key WHERE card_serial = $1', cardSerial))?.spki;
  }

  /** Registers those that are new; answers the serials that have another key already. */
  async register(db: Db, keys: readonly { readonly cardSerial: string; readonly spki: Buffer }[], now: Date): Promise<string[]> {
    const values = [keys.map(({ cardSerial }) => cardSerial), keys.map(({ spki }) => spki)] as const;
    await db.run('INSERT INTO chip_key (card_serial, spki, registered_at) SELECT row.*, $3 FROM unnest($1::text[], $2::bytea[]) AS row ON CONFLICT DO NOTHING', ...values, now.toISOString());
    const others = await db.many<{ serial: string }>('SELECT row.serial FROM unnest($1::text[], $2::bytea[]) AS row (serial, spki) JOIN chip_key ON card_serial = serial AND chip_key.spki <> row.spki', ...values);
    return others.map(({ serial }) => serial);
  }
}
