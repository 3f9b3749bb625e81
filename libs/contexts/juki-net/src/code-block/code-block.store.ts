import { addDays, localDateInJapan, type LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { type BlockReason, type BlockState, type CodeStock, USE_DAYS } from './code-block.js';

export interface CodeBlock extends Row {
  readonly blockId: string;
  readonly municipalityCode: string;
  readonly size: number;
  readonly reason: BlockReason;
  readonly state: BlockState;
  readonly allocatedAt: Date;
}

/** The stock of a municipality that has had a block. */
export interface MunicipalStock extends CodeStock, Row {
  readonly municipalityCode: string;
  /** State of its latest block. */
  readonly latest: BlockState;
}

const BLOCK = 'SELECT block_id AS "blockId", municipality_code AS "municipalityCode", size, reason, state, allocated_at AS "allocatedAt" FROM code_block';
/** Of the municipalities that `which` names; $1 is the day after which written codes count as use. */
const stocks = (which: string): string => `
  SELECT b.municipality_code AS "municipalityCode", b.first_at AS "firstAt", b.latest,
    (SELECT count(*) FROM allocated_code c WHERE c.municipality_code = b.municipality_code AND c.state = 'ALLOCATED') AS unused,
    (SELECT count(*) FROM allocated_code c WHERE c.municipality_code = b.municipality_code AND c.written_on > $1) AS written
  FROM (SELECT municipality_code, min(allocated_at) AS first_at, (array_agg(state ORDER BY allocated_at DESC, block_id DESC))[1] AS latest
        FROM code_block WHERE ${which}) AS b ORDER BY b.municipality_code`;

/** Blocks and the pool they come from. */
export class CodeBlockStore {
  /** Whoever hands codes out waits for the one before: stocks are counted and serials drawn by one at a time. */
  async lockPool(db: Db): Promise<void> {
    await db.one('SELECT next_serial FROM code_pool WHERE pool = 1 FOR UPDATE');
  }

  /** The first of so many serials that nobody will get again. */
  async draw(db: Db, serials: number): Promise<number> {
    const { first } = await db.one<{ first: number }>('UPDATE code_pool SET next_serial = next_serial + $1 WHERE pool = 1 RETURNING next_serial - $1 AS first', serials);
    return first;
  }

  async add(db: Db, { blockId, municipalityCode, size, reason, state, allocatedAt }: CodeBlock): Promise<void> {
    await db.run(
      'INSERT INTO code_block (block_id, municipality_code, size, reason, state, allocated_at) VALUES ($1, $2, $3, $4, $5, $6)',
      blockId, municipalityCode, size, reason, state, allocatedAt.toISOString(),
    );
  }

  async find(db: Db, blockId: string): Promise<CodeBlock | undefined> {
    return db.maybe<CodeBlock>(`${BLOCK} WHERE block_id = $1`, blockId);
  }

  async lock(db: Db, blockId: string): Promise<CodeBlock | undefined> {
    return db.maybe<CodeBlock>(`${BLOCK} WHERE block_id = $1 FOR UPDATE`, blockId);
  }

  /** The latest blocks of a municipality. */
  async latest(db: Db, municipalityCode: string, limit: number): Promise<CodeBlock[]> {
    return db.many<CodeBlock>(`${BLOCK} WHERE municipality_code = $1 ORDER BY allocated_at DESC, block_id DESC LIMIT $2`, municipalityCode, limit);
  }

  async setWithdrawn(db: Db, blockId: string): Promise<void> {
    await db.run("UPDATE code_block SET state = 'WITHDRAWN' WHERE block_id = $1", blockId);
  }

  /** Municipalities that have had a block. */
  async countMunicipalities(db: Db): Promise<number> {
    return (await db.one<{ municipalities: number }>('SELECT count(DISTINCT municipality_code) AS municipalities FROM code_block')).municipalities;
  }

  async stockOf(db: Db, municipalityCode: string, today: LocalDate): Promise<CodeStock> {
    const row = await db.maybe<StockRow>(stocks('municipality_code = $2 GROUP BY municipality_code'), addDays(today, -USE_DAYS), municipalityCode);
    return row === undefined ? { unused: 0, written: 0 } : withFirstDay(row);
  }

  /** Stocks by municipality code. */
  async stocksAfter(db: Db, after: string, page: { readonly limit: number; readonly today: LocalDate }): Promise<MunicipalStock[]> {
    const which = 'municipality_code > $2 GROUP BY municipality_code ORDER BY municipality_code LIMIT $3';
    return (await db.many<StockRow>(stocks(which), addDays(page.today, -USE_DAYS), after, page.limit)).map(withFirstDay);
  }
}

interface StockRow extends MunicipalStock {
  readonly firstAt: Date;
}

function withFirstDay({ firstAt, ...stock }: StockRow): MunicipalStock {
  return { ...stock, since: localDateInJapan(firstAt) };
}
