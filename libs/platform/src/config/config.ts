import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { TimeServer } from '../time-servers.js';

export interface DatabaseConfig {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  /** Secret from which the passwords of the roles are derived. */
  readonly secret: string;
  /** Connections of one context in one process. */
  readonly connections: number;
}

/** The token of a PKCS#11 key store. */
export interface Pkcs11Config {
  /** Path of the vendor's library. */
  readonly module: string;
  readonly token: string;
  readonly pin: string;
}

/** Whom an estate is for: residents, or people in training, whose codes and numbers begin with 99 and never leave it (NUM-8). */
export type Realm = 'production' | 'training';

/** Where a neighbour listens; several processes of it as a list, by gRPC as `ipv4:host:port,host:port`. */
export interface PeerAddress {
  readonly http: string | readonly string[];
  readonly grpc: string;
}

const httpUrl = z.url();
const peer = z.object({ http: z.union([httpUrl, z.array(httpUrl).min(1)]), grpc: z.string() });

const environment = z.object({
  KIBAN_ENVIRONMENT: z.enum(['embedded', 'test', 'production']).default('production'),
  KIBAN_REALM: z.enum(['production', 'training']).optional(),
  KIBAN_HOST: z.string().default('127.0.0.1'),
  KIBAN_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  KIBAN_CONTEXT_GRPC_PORT: z.coerce.number().int().min(0).max(65_535).default(50_051),
  KIBAN_DATABASE: z.string().regex(/^[^:/]+:\d+\/.+$/, 'must be host:port/name'),
  KIBAN_DATABASE_SECRET: z.string().min(16).optional(),
  KIBAN_DATABASE_SECRET_FILE: z.string().optional(),
  KIBAN_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).default(10),
  NATS_URL: z.string(),
  KIBAN_ISSUER: httpUrl,
  KIBAN_JWKS_URL: httpUrl.optional(),
  KIBAN_TOKEN_URL: httpUrl.optional(),
  KIBAN_AUDIENCE: z.string().default('urn:kiban:api'),
  KIBAN_KEYS: z.string(),
  KIBAN_OCSP_URL: httpUrl.optional(),
  KIBAN_PUBLIC_URL: httpUrl.optional(),
  KIBAN_AUDIT_STORE: z.string().min(1).optional(),
  KIBAN_TIME_SERVERS: z.string().default('').refine((text) => timeServersOf(text).every(({ host }) => host !== ''), 'must be names or addresses of hosts, with :port where it is not 123, separated by commas'),
  KIBAN_VIDEO_STORE: z.string().min(1).optional(),
  KIBAN_VIDEO_FFMPEG: z.string().min(1).optional(),
  KIBAN_VIDEO_BODY_KBPS: z.coerce.number().int().min(300).default(20_000),
  KIBAN_PKCS11_MODULE: z.string().min(1).optional(),
  KIBAN_PKCS11_TOKEN: z.string().min(1).max(32).optional(),
  KIBAN_PKCS11_PIN: z.string().min(1).optional(),
  KIBAN_PKCS11_PIN_FILE: z.string().optional(),
  KIBAN_PEERS: z.string().default('{}'),
  KIBAN_TRACE_FILE: z.string().optional(),
  KIBAN_TRACE_RATIO: z.coerce.number().min(0).max(1).default(1),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
});

/** The settings of one process, read once from the environment; every name is documented in `docs/operations.md`. */
export interface Config {
  readonly environment: 'embedded' | 'test' | 'production';
  /** Without it, codes that begin with 99 are those of fictional people, who get numbers like residents: for demonstration. */
  readonly realm?: Realm;
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly database: DatabaseConfig;
  readonly natsUrl: string;
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly tokenUrl: string;
  readonly audience: string;
  /** Folder of the key store: `master.key` and `clients/<client>.jwk.json`. */
  readonly keys: string;
  readonly peers: Readonly<Record<string, PeerAddress>>;
  /** Where keys are kept; without it, in software. */
  readonly pkcs11?: Pkcs11Config;
  /** Address of OCSP in the certificates of jpki-ca; each deployment has one for when none is set. */
  readonly ocspUrl?: string;
  /** Address of the gateway as browsers of learners reach it; without it, the place of the embedded issuer. */
  readonly publicUrl?: string;
  /** Write-once folder for the sealed audit trail of jpki-ca; without it, one beside the keys. */
  readonly auditStore?: string;
  /** Reference of the clock of those who sign; without any, only steps back are seen. */
  readonly timeServers: readonly TimeServer[];
  /** Films of training: write-once folder (else one beside the keys), path of ffmpeg (else films stay as they are), kbit/s for the viewers of one body. */
  readonly video?: { readonly store?: string | undefined; readonly ffmpeg?: string | undefined; readonly bodyKbps: number };
  readonly trace: { readonly file?: string; readonly otlp?: string; readonly ratio: number };
}

export class ConfigFault extends Error {
  override readonly name = 'ConfigFault';
}

/** Reads and checks the settings; the error names each variable that is wrong, never its value. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigFault(`settings are missing or wrong: ${faults.join('; ')}`);
  }
  const e = parsed.data;
  const pkcs11 = pkcs11Config(e);
  return {
    environment: e.KIBAN_ENVIRONMENT,
    ...(e.KIBAN_REALM === undefined ? {} : { realm: e.KIBAN_REALM }),
    host: e.KIBAN_HOST,
    httpPort: e.KIBAN_HTTP_PORT,
    grpcPort: e.KIBAN_CONTEXT_GRPC_PORT,
    database: databaseConfig(e),
    natsUrl: e.NATS_URL,
    issuer: e.KIBAN_ISSUER,
    jwksUrl: e.KIBAN_JWKS_URL ?? `${e.KIBAN_ISSUER}/jwks`,
    tokenUrl: e.KIBAN_TOKEN_URL ?? `${e.KIBAN_ISSUER}/token`,
    audience: e.KIBAN_AUDIENCE,
    keys: e.KIBAN_KEYS,
    peers: readPeers(e.KIBAN_PEERS),
    ...(pkcs11 === undefined ? {} : { pkcs11 }),
    ...(e.KIBAN_OCSP_URL === undefined ? {} : { ocspUrl: e.KIBAN_OCSP_URL.replace(/\/+$/, '') }),
    ...(e.KIBAN_PUBLIC_URL === undefined ? {} : { publicUrl: e.KIBAN_PUBLIC_URL.replace(/\/+$/, '') }),
    ...(e.KIBAN_AUDIT_STORE === undefined ? {} : { auditStore: e.KIBAN_AUDIT_STORE }),
    timeServers: timeServersOf(e.KIBAN_TIME_SERVERS),
    video: { store: e.KIBAN_VIDEO_STORE, ffmpeg: e.KIBAN_VIDEO_FFMPEG, bodyKbps: e.KIBAN_VIDEO_BODY_KBPS },
    trace: {
      ratio: e.KIBAN_TRACE_RATIO,
      ...(e.KIBAN_TRACE_FILE === undefined ? {} : { file: e.KIBAN_TRACE_FILE }),
      ...(e.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? {} : { otlp: e.OTEL_EXPORTER_OTLP_ENDPOINT }),
    },
  };
}

/** One that cannot be read has no host. */
function timeServersOf(text: string): TimeServer[] {
  return text.split(',').filter((one) => one.trim() !== '').map((one) => {
    const { hostname, port } = new URL(URL.canParse(`ntp://${one.trim()}`) ? `ntp://${one.trim()}` : 'ntp://');
    return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 123 : Number(port) };
  });
}

function databaseConfig(e: z.output<typeof environment>): DatabaseConfig {
  const url = new URL(`postgres://${e.KIBAN_DATABASE}`);
  const secret = e.KIBAN_DATABASE_SECRET ?? (e.KIBAN_DATABASE_SECRET_FILE && readFileSync(e.KIBAN_DATABASE_SECRET_FILE, 'utf8').trim());
  if (secret === undefined || secret === '') throw new ConfigFault('settings are missing or wrong: KIBAN_DATABASE_SECRET or KIBAN_DATABASE_SECRET_FILE: required');
  return { host: url.hostname, port: Number(url.port), name: url.pathname.slice(1), secret, connections: e.KIBAN_DATABASE_CONNECTIONS };
}

/** All of it or nothing: a token that is named by half must not end in keys of software. */
function pkcs11Config(e: z.output<typeof environment>): Pkcs11Config | undefined {
  const { KIBAN_PKCS11_MODULE: module, KIBAN_PKCS11_TOKEN: token, KIBAN_PKCS11_PIN_FILE: file } = e;
  const pin = e.KIBAN_PKCS11_PIN ?? (file && readFileSync(file, 'utf8').trim());
  if (module === undefined && token === undefined && pin === undefined) return undefined;
  if (module === undefined || token === undefined || pin === undefined || pin === '') {
    throw new ConfigFault('settings are missing or wrong: KIBAN_PKCS11_MODULE, KIBAN_PKCS11_TOKEN, KIBAN_PKCS11_PIN or KIBAN_PKCS11_PIN_FILE: all or none');
  }
  return { module, token, pin };
}

function readPeers(text: string): Record<string, PeerAddress> {
  try {
    return z.record(z.string(), peer).parse(JSON.parse(text));
  } catch {
    throw new ConfigFault('settings are missing or wrong: KIBAN_PEERS: must be {"<context>":{"http":url,"grpc":"host:port"}}');
  }
}

/** Where a context listens: as configured, else by its service name, as in the container deployment. */
export function peerAddress(config: Pick<Config, 'peers'>, context: string): PeerAddress {
  return config.peers[context] ?? { http: `http://${context}:8081`, grpc: `${context}:50051` };
}
