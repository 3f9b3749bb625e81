import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

// Civil dates stay text and counters are plain numbers: node-postgres would make local-midnight Dates and strings of them.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));

export type Row = Record<string, unknown>;
type Executor = pg.Pool | pg.PoolClient;

const statementNames = new Map<string, string>();

/** A stable name for a statement, so that each connection parses and plans it once. */
function statementName(text: string): string {
  let name = statementNames.get(text);
  if (name === undefined) {
    name = createHash('sha256').update(text).digest('base64url').slice(0, 32);
    statementNames.set(text, name);
  }
  return name;
}

/** Prepared statements on one connection (inside a transaction) or on the pool (each statement on its own). */
export class Db {
  constructor(private readonly executor: Executor) {}

  async many<R extends Row>(text: string, ...values: unknown[]): Promise<R[]> {
    const result = await this.executor.query<R>({ name: statementName(text), text, values });
    return result.rows;
  }

  /** Like `many`, but planned each time: for a table that is empty now and full of rows a second later, a kept plan is soon wrong. */
  async manyPlanned<R extends Row>(text: string, ...values: unknown[]): Promise<R[]> {
    const result = await this.executor.query<R>(text, values);
    return result.rows;
  }

  async maybe<R extends Row>(text: string, ...values: unknown[]): Promise<R | undefined> {
    const rows = await this.many<R>(text, ...values);
    return rows[0];
  }

  /** The one row that must exist; its absence is a programming fault, not an answer. */
  async one<R extends Row>(text: string, ...values: unknown[]): Promise<R> {
    const row = await this.maybe<R>(text, ...values);
    if (row === undefined) throw new Error('expected exactly one row');
    return row;
  }

  /** Runs a statement and tells how many rows it touched. */
  async run(text: string, ...values: unknown[]): Promise<number> {
    const result = await this.executor.query({ name: statementName(text), text, values });
    return result.rowCount ?? 0;
  }

  /** COPY into `target` (`table(column, …)`): the fast way in for bulk; only inside a transaction. */
  async copyIn(target: string, rows: Iterable<readonly CopyValue[]>): Promise<void> {
    if (!('release' in this.executor)) throw new Error('COPY needs a transaction');
    await pipeline(Readable.from(copyBlocks(rows)), this.executor.query(copyFrom(`COPY ${target} FROM STDIN`)));
  }
}

export type CopyValue = string | number | boolean | Buffer | null;

const BLOCK = 65_536;

function* copyBlocks(rows: Iterable<readonly CopyValue[]>): Generator<Buffer, void, void> {
  let block = '';
  for (const row of rows) {
    let separator = '';
    for (const value of row) {
      block += separator + copyField(value);
      separator = '\t';
    }
    block += '\n';
    if (block.length > BLOCK) {
      yield Buffer.from(block);
      block = '';
    }
  }
  if (block !== '') yield Buffer.from(block);
}

const ESCAPED = /[\\\t\n\r]/;
const copyEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function copyField(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return ESCAPED.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => copyEscapes[character] ?? character) : value;
  return Buffer.isBuffer(value) ? `\\\\x${value.toString('hex')}` : String(value);
}
