import type { Db, Row } from '#platform';
import { itemDetails, itemTexts, type ItemTexts } from './platform-item.input.js';
import type { ItemKind, ItemState, PlatformItem } from './platform-item.js';

export interface ItemRow extends PlatformItem {
  readonly id: string;
  readonly texts: ItemTexts;
  readonly proposedAt: Date;
  readonly releasedAt: Date | null;
  readonly endsAt: Date | null;
  readonly retiredAt: Date | null;
  /** Events told so far. */
  readonly told: number;
}

type StoredRow = Omit<ItemRow, 'details' | 'texts'> & { readonly details: string; readonly texts: string } & Row;

const COLUMNS = `id, state, details, texts, proposed_by AS "proposedBy", agreed_by AS "agreedBy", second_agreed_by AS "secondAgreedBy", proposed_at AS "proposedAt", released_at AS "releasedAt",
  ends_at AS "endsAt", retired_at AS "retiredAt", told`;

export class ItemStore {
  async add(db: Db, { id, details, texts, proposedBy, proposedAt, endsAt }: Pick<ItemRow, 'id' | 'details' | 'texts' | 'proposedBy' | 'proposedAt' | 'endsAt'>): Promise<void> {
    await db.run(
      "INSERT INTO platform_item (id, kind, state, details, texts, proposed_by, proposed_at, ends_at) VALUES ($1, $2, 'PROPOSED', $3, $4, $5, $6, $7)",
      id, details.kind, JSON.stringify(details), JSON.stringify(texts), proposedBy, proposedAt.toISOString(), endsAt?.toISOString() ?? null,
    );
  }

  async find(db: Db, id: string): Promise<ItemRow | undefined> {
    return opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM platform_item WHERE id = $1`, id));
  }

  async lock(db: Db, id: string): Promise<ItemRow | undefined> {
    return opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM platform_item WHERE id = $1 FOR UPDATE`, id));
  }

  /** The newest first; ids rise with time. */
  async list(db: Db, filter: { kind: ItemKind | undefined; state: ItemState | undefined; before: string | undefined; limit: number }): Promise<ItemRow[]> {
    const rows = await db.many<StoredRow>(
      `SELECT ${COLUMNS} FROM platform_item WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
      filter.kind ?? null, filter.state ?? null, filter.before ?? null, filter.limit,
    );
    return rows.flatMap((row) => opened(row) ?? []);
  }

  /** Released ones whose end has passed, locked. */
  async lockEnded(db: Db, now: Date): Promise<ItemRow[]> {
    const rows = await db.many<StoredRow>(`SELECT ${COLUMNS} FROM platform_item WHERE state = 'RELEASED' AND ends_at < $1 ORDER BY id FOR UPDATE`, now.toISOString());
    return rows.flatMap((row) => opened(row) ?? []);
  }

  async save(db: Db, { id, state, agreedBy, secondAgreedBy, releasedAt, retiredAt, told }: ItemRow): Promise<void> {
    await db.run(
      'UPDATE platform_item SET state = $2, agreed_by = $3, second_agreed_by = $4, released_at = $5, retired_at = $6, told = $7 WHERE id = $1',
      id, state, agreedBy, secondAgreedBy, releasedAt?.toISOString() ?? null, retiredAt?.toISOString() ?? null, told,
    );
  }
}

function opened(row: StoredRow | undefined): ItemRow | undefined {
  return row === undefined ? undefined : { ...row, details: itemDetails.parse(JSON.parse(row.details)), texts: itemTexts.parse(JSON.parse(row.texts)) };
}
