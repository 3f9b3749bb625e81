import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { migrate, schemaOf, type SchemaOwner } from '#platform';
import { dumpSchema, goldenText } from './schema-dump.js';

/** The secret of the test servers: roles belong to a whole server, and other specs log in with these passwords at the same time. */
export const TEST_SECRET = 'test-secret-of-the-database-roles';

/** A golden file: where it is and what it must say. */
export interface Golden {
  readonly path: string;
  readonly text: string;
  /** Tables of the platform that a context's own migrations changed: must be none. */
  readonly changedPlatformTables: readonly string[];
}

/** Where the golden schema of an owner is kept. */
export function goldenPath(owner: string): string {
  return owner === 'gateway' ? 'apps/gateway/schema.golden.sql' : `libs/contexts/${owner}/src/schema.golden.sql`;
}

/**
 * Migrates the owners on an empty database and reads their schemas back. What every schema has from the platform is said once,
 * in the platform's golden file.
 */
export async function goldenSchemas(adminUrl: string, owners: readonly SchemaOwner[]): Promise<Golden[]> {
  const bare = bareOwner();
  const client = new pg.Client({ connectionString: adminUrl });
  try {
    await migrate(adminUrl, TEST_SECRET, [bare.owner, ...owners]);
    await client.connect();
    const platform = await dumpSchema(client, schemaOf(bare.owner.name));
    const goldens: Golden[] = [{ path: 'libs/platform/src/schema.golden.sql', text: goldenText('Every context', platform), changedPlatformTables: [] }];
    for (const { name } of owners) {
      const dump = await dumpSchema(client, schemaOf(name));
      goldens.push({
        path: goldenPath(name),
        text: goldenText(name, dump, (object) => !platform.has(object)),
        changedPlatformTables: [...platform].filter(([object, text]) => dump.get(object) !== text).map(([object]) => object),
      });
    }
    return goldens;
  } finally {
    await client.end();
    bare.remove();
  }
}

/** An owner without migrations of its own: it gets the platform's tables only. */
function bareOwner(): { owner: SchemaOwner; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-bare-'));
  return { owner: { name: 'bare', migrations: pathToFileURL(`${folder}/`) }, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
