import type { TestEstate } from '#testing';

/** A state of the tables of jpki-ca that can be put back, as a restore from a physical backup does: what is in other places stays as it is. */
export class DatabaseState {
  private constructor(private readonly estate: TestEstate, private readonly tables: readonly string[], private readonly counters: ReadonlyMap<string, number>) {}

  static async take(estate: TestEstate): Promise<DatabaseState> {
    const tables = (await estate.sql<{ name: string }>("SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'jpki_ca'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition")).map(({ name }) => name);
    await estate.sql(`DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept; ${tables.map((name) => `CREATE TABLE kept.${name} AS TABLE jpki_ca.${name};`).join(' ')}`);
    const counters = await estate.sql<{ name: string; last: string }>("SELECT sequencename AS name, last_value AS last FROM pg_sequences WHERE schemaname = 'jpki_ca' AND last_value IS NOT NULL");
    return new DatabaseState(estate, tables, new Map(counters.map(({ name, last }) => [name, Number(last)])));
  }

  async restore(): Promise<void> {
    const back = this.tables.map((name) => `INSERT INTO jpki_ca.${name} OVERRIDING SYSTEM VALUE SELECT * FROM kept.${name};`);
    const counters = [...this.counters].map(([name, last]) => `SELECT setval('jpki_ca.${name}', ${last});`);
    await this.estate.sql(
      `BEGIN; SET LOCAL session_replication_role = replica; TRUNCATE ${this.tables.map((name) => `jpki_ca.${name}`).join(', ')} CASCADE; ${back.join(' ')} ${counters.join(' ')} COMMIT;`,
    );
  }
}
