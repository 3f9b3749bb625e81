import type { SchemaOwner } from '#platform';

/** The gateway's own schema: its audit trail of refused callers and what the embedded OpenID provider remembers. */
export const gatewaySchema: SchemaOwner = { name: 'gateway', migrations: new URL('./migrations/', import.meta.url) };
