import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigFault, type Config } from '#platform';

const port = z.coerce.number().int().min(0).max(65_535);
const MIB = 1024 * 1024;

const environment = z.object({
  KIBAN_HOST: z.string().default('127.0.0.1'),
  KIBAN_LDAP_PORT: port.default(1389),
  KIBAN_LDAPS_PORT: port.optional(),
  KIBAN_HTTP_PORT: port.default(8081),
  KIBAN_GATEWAY_URL: z.url().default('http://127.0.0.1:8080'),
  KIBAN_LDAP_TLS_CERT: z.string().optional(),
  KIBAN_LDAP_TLS_KEY: z.string().optional(),
  KIBAN_LDAP_CONNECTIONS: z.coerce.number().int().min(1).max(65_536).default(256),
  KIBAN_LDAP_IDLE_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300),
  KIBAN_LDAP_CACHE_MIB: z.coerce.number().int().min(1).max(4_096).default(64),
  KIBAN_ISSUER: z.url().optional(),
  KIBAN_TOKEN_URL: z.url().optional(),
  KIBAN_AUDIENCE: z.string().default('urn:kiban:api'),
  KIBAN_KEYS: z.string(),
});

/** The settings of the directory. */
export interface DirectorySettings {
  readonly host: string;
  readonly ldapPort: number;
  /** LDAP over TLS from the first octet on; only with a key. */
  readonly ldapsPort?: number;
  /** Health and metrics. */
  readonly httpPort: number;
  readonly gatewayUrl: string;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Clients at once. */
  readonly connections: number;
  readonly idleMs: number;
  /** Octets of lists that are kept. */
  readonly cacheOctets: number;
  /** How the directory gets its own access token. */
  readonly token: Pick<Config, 'issuer' | 'tokenUrl' | 'audience' | 'keys'>;
}

/** Reads and checks the settings; ConfigFault names each variable that is wrong, never its value. */
export function readDirectorySettings(env: NodeJS.ProcessEnv): DirectorySettings {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw fault(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const e = parsed.data;
  const tls = readTls(e);
  if (e.KIBAN_LDAPS_PORT !== undefined && tls === undefined) throw fault('KIBAN_LDAPS_PORT: needs KIBAN_LDAP_TLS_CERT and KIBAN_LDAP_TLS_KEY');
  const gatewayUrl = e.KIBAN_GATEWAY_URL.replace(/\/+$/, '');
  const issuer = e.KIBAN_ISSUER ?? `${gatewayUrl}/oidc`;
  return {
    host: e.KIBAN_HOST,
    ldapPort: e.KIBAN_LDAP_PORT,
    ...(e.KIBAN_LDAPS_PORT === undefined ? {} : { ldapsPort: e.KIBAN_LDAPS_PORT }),
    httpPort: e.KIBAN_HTTP_PORT,
    gatewayUrl,
    ...(tls === undefined ? {} : { tls }),
    connections: e.KIBAN_LDAP_CONNECTIONS,
    idleMs: e.KIBAN_LDAP_IDLE_SECONDS * 1_000,
    cacheOctets: e.KIBAN_LDAP_CACHE_MIB * MIB,
    token: { issuer, tokenUrl: e.KIBAN_TOKEN_URL ?? `${issuer}/token`, audience: e.KIBAN_AUDIENCE, keys: e.KIBAN_KEYS },
  };
}

function readTls({ KIBAN_LDAP_TLS_CERT: cert, KIBAN_LDAP_TLS_KEY: key }: z.output<typeof environment>): DirectorySettings['tls'] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw fault('KIBAN_LDAP_TLS_CERT and KIBAN_LDAP_TLS_KEY: needed together');
  return { cert: pem('KIBAN_LDAP_TLS_CERT', cert), key: pem('KIBAN_LDAP_TLS_KEY', key) };
}

function pem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw fault(`${variable}: the file cannot be read`);
  }
}

function fault(what: string): ConfigFault {
  return new ConfigFault(`settings are missing or wrong: ${what}`);
}
