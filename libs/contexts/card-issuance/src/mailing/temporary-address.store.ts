import type { LocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { z } from 'zod';
import type { OwnDestination } from './destinations.js';
import type { TemporaryGround } from './temporary-address.js';

const DESTINATION = 'temporary_address.destination';
const destination = z.object({ postalCode: z.string(), address: z.string(), addresseeName: z.string() });

export interface TemporaryAddress {
  readonly personKey: string;
  readonly municipalityCode: string;
  readonly ground: TemporaryGround;
  readonly destination: z.output<typeof destination>;
  readonly arrivedOn: LocalDate;
}

/** Registrations of another place for the first notification; of one person the one that arrived last counts. */
export class TemporaryAddressStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Each person once. */
  async put(db: Db, registered: readonly TemporaryAddress[], at: { readonly person: string; readonly now: Date }): Promise<void> {
    await db.run(
      `INSERT INTO temporary_address (person_key, municipality_code, ground, destination, arrived_on, registered_by, registered_at)
       SELECT person, town, ground, destination, arrived, $1, $2 FROM unnest($3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::date[]) AS row (person, town, ground, destination, arrived)
       ON CONFLICT (person_key) DO UPDATE SET municipality_code = excluded.municipality_code, ground = excluded.ground, destination = excluded.destination, arrived_on = excluded.arrived_on,
         registered_by = excluded.registered_by, registered_at = excluded.registered_at WHERE temporary_address.arrived_on <= excluded.arrived_on`,
      at.person, at.now.toISOString(), registered.map((one) => one.personKey), registered.map((one) => one.municipalityCode), registered.map((one) => one.ground),
      registered.map((one) => this.cipher.encrypt(DESTINATION, JSON.stringify(one.destination))), registered.map((one) => one.arrivedOn),
    );
  }

  async destinationsOf(db: Db, personKeys: readonly string[]): Promise<Map<string, OwnDestination>> {
    const rows = await db.many<{ person_key: string; ground: TemporaryGround; destination: Buffer } & Row>('SELECT person_key, ground, destination FROM temporary_address WHERE person_key = ANY($1::uuid[])', personKeys);
    return new Map(rows.map((row) => [row.person_key, { ...destination.parse(JSON.parse(this.cipher.decrypt(DESTINATION, row.destination))), isProtected: row.ground === 'PROTECTED' }]));
  }
}
