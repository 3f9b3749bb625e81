import pg from 'pg';
import type { CardReader } from '#chip';
import { NewChip } from '#testing';
import { FICTIONAL_MUNICIPALITIES } from '#testing/population';

/** Cards of loaded residents, as they would stand in the ledger before the peak. */
export interface SeededCard {
  readonly cardSerial: string;
  readonly municipality: string;
}

/** With its chip in a reader. */
export interface InvitedCard extends SeededCard {
  readonly chip: CardReader;
}

export interface SeededCards {
  /** Received, to be prepared. */
  readonly received: SeededCard[];
  /** Invited, to be handed over. */
  readonly notified: InvitedCard[];
  /** In force, to be lost. */
  readonly active: SeededCard[];
}

interface Person {
  readonly person: string;
  readonly municipality: string;
  readonly version: number;
}

/** How those who will call were entered, and nobody else. */
export const CALLERS_REASON = '12';
const WAY = ['ORDERED', 'MANUFACTURED', 'INSPECTED', 'SHIPPED', 'RECEIVED', 'PRESET', 'NOTIFIED', 'HANDING_OVER', 'ACTIVE'];

/**
 * Writes cards with their journals straight into the ledger, one for each of as many loaded residents as are needed: to have millions made and
 * certified first would take longer than the load. They wish no certificates; those that are handed over have a software chip, of which the ledger knows the key.
 */
export function seedCards(adminUrl: string, wanted: Readonly<Record<keyof SeededCards, number>>): Promise<SeededCards> {
  return asAdministrator(adminUrl, (client) => seed(client, wanted));
}

async function seed(client: pg.Client, wanted: Readonly<Record<keyof SeededCards, number>>): Promise<SeededCards> {
  const peopleOf = async (entered: string, limit: number): Promise<Person[]> => (await client.query<Person>(
    `SELECT person_key AS person, municipality_code AS municipality, fact_version AS version FROM juki_net.person WHERE status = 'RESIDENT' AND municipality_code = ANY($1) AND (change_reason = '${CALLERS_REASON}') = ${entered}
       AND NOT EXISTS (SELECT 1 FROM card_issuance.card WHERE card.person_key = person.person_key) ORDER BY person_key LIMIT $2`,
    [FICTIONAL_MUNICIPALITIES, limit],
  )).rows;
  const people = await peopleOf('false', wanted.received + wanted.notified);
  const callers = await peopleOf('true', wanted.active);
  const seeded: Record<keyof SeededCards, SeededCard[]> = { received: [], notified: [], active: [] };
  let next = 0;
  for (const [kind, state] of [['received', 'RECEIVED'], ['notified', 'NOTIFIED'], ['active', 'ACTIVE']] as const) {
    const own = kind === 'active' ? callers : people.slice(next, (next += wanted[kind]));
    if (own.length < wanted[kind]) throw new Error(`too few residents for ${kind}: raise --residents`);
    const way = WAY.slice(0, WAY.indexOf(state) + 1);
    const serials = own.map((_one, index) => `LOAD${state.slice(0, 2)}${String(index).padStart(10, '0')}`);
    await client.query(
      `INSERT INTO card_issuance.card (card_serial, person_key, municipality_code, application_id, batch_id, record_no, fact_version, state, chip_state, expiry_date, wish_sign, wish_auth, version, moved_at)
       SELECT serial, person, municipality, serial, gen_random_uuid(), 1, version, $5, $6, '2099-12-31', false, false, $7, now() FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[]) AS row (serial, person, municipality, version)`,
      [serials, own.map(({ person }) => person), own.map(({ municipality }) => municipality), own.map(({ version }) => version), state, state === 'ACTIVE' ? 'ACTIVATED' : 'PERSONALISED', way.length],
    );
    await client.query(
      `INSERT INTO card_issuance.card_move (card_serial, version, from_state, to_state, client, at)
       SELECT serial, step, ($2::text[])[step - 1], ($2::text[])[step], 'load', now() FROM unnest($1::text[]) AS serial, generate_series(1, $3::int) AS step`,
      [serials, way, way.length],
    );
    seeded[kind].push(...own.map(({ municipality }, index) => ({ cardSerial: serials[index] ?? '', municipality })));
  }
  const notified = await withChips(client, seeded.notified);
  await client.query('ANALYZE card_issuance.card; ANALYZE card_issuance.card_move; ANALYZE card_issuance.chip_key');
  return { ...seeded, notified };
}

async function withChips(client: pg.Client, cards: readonly SeededCard[]): Promise<InvitedCard[]> {
  const invited: InvitedCard[] = [];
  const keys: Buffer[] = [];
  for (const card of cards) {
    const chip = await NewChip.create(card.cardSerial);
    keys.push(chip.chipKey);
    invited.push({ ...card, chip: await chip.finish() });
  }
  await client.query('INSERT INTO card_issuance.chip_key (card_serial, spki, registered_at) SELECT serial, spki, now() FROM unnest($1::text[], $2::bytea[]) AS row (serial, spki)', [invited.map(({ cardSerial }) => cardSerial), keys]);
  return invited;
}

async function asAdministrator<T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What must never be: a card handed over twice (one that comes back from a hand-over that was rolled back is PRESET again), a journal with a gap, ledger and chip that say different things, a session left behind. */
export function findHarm(adminUrl: string, handedOver: number): Promise<{ duplicates: number; divergences: number }> {
  return asAdministrator(adminUrl, (client) => harm(client, handedOver));
}

async function harm(client: pg.Client, handedOver: number): Promise<{ duplicates: number; divergences: number }> {
  const count = async (sql: string): Promise<number> => Number((await client.query<{ count: string }>(`SELECT count(*) AS count FROM (${sql}) AS harm`)).rows[0]?.count);
  const duplicates = await count("SELECT card_serial FROM card_issuance.card_move WHERE to_state IN ('PRESET', 'NOTIFIED', 'ACTIVE', 'SUSPENDED') AND (from_state, to_state) <> ('HANDING_OVER', 'PRESET') AND card_serial LIKE 'LOAD%' GROUP BY card_serial, to_state HAVING count(*) > 1");
  const gaps = await count("SELECT 1 FROM card_issuance.card JOIN (SELECT card_serial, count(*) AS moves, max(version) AS last FROM card_issuance.card_move GROUP BY 1) AS m USING (card_serial) WHERE card_serial LIKE 'LOAD%' AND (m.moves <> m.last OR card.version <> m.last)");
  const differing = await count("SELECT 1 FROM card_issuance.card WHERE card_serial LIKE 'LOAD%' AND (state IN ('ACTIVE', 'SUSPENDED')) <> (chip_state = 'ACTIVATED')");
  const activated = await count("SELECT 1 FROM card_issuance.card_move WHERE card_serial LIKE 'LOADNO%' AND to_state = 'ACTIVE'");
  return { duplicates, divergences: gaps + differing + Math.max(0, handedOver - activated) };
}
