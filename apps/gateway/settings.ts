import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigFault, readConfig, type Config } from '#platform';

const port = z.coerce.number().int().min(0).max(65_535);

const environment = z.object({
  KIBAN_PORT: port.default(8080),
  KIBAN_GRPC_PORT: port.default(9090),
  KIBAN_OIDC: z.enum(['embedded', 'external']).default('embedded'),
  KIBAN_TLS_CERT: z.string().optional(),
  KIBAN_TLS_KEY: z.string().optional(),
  KIBAN_TLS_CLIENT_CA: z.string().optional(),
  KIBAN_QUOTA_PER_SECOND: z.coerce.number().int().min(1).default(3_000),
  KIBAN_PLACES: z.coerce.number().int().min(1).default(256),
  KIBAN_UPLOAD_LIMIT: z.coerce.number().int().min(1).default(2 * 1024 ** 3),
});

/** Server certificate chain and key, and the authorities whose client certificates are accepted, all PEM. */
export interface TlsSettings {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa?: Buffer;
}

/** The settings of the gateway; what it shares with the contexts is in `config`. */
export interface GatewaySettings {
  readonly config: Config;
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Whether the provider inside the gateway issues the tokens, or another one at `KIBAN_ISSUER`. */
  readonly oidc: 'embedded' | 'external';
  readonly tls?: TlsSettings;
  /** Calls a client may make in a second, on both doors together. */
  readonly quotaPerSecond: number;
  /** Requests that are let into a context at once, where its contract names priorities. */
  readonly placesPerContext: number;
  /** Largest upload in bytes. */
  readonly uploadLimit: number;
}

/** Reads and checks the settings; ConfigFault names each variable that is wrong, never its value. */
export function readGatewaySettings(env: NodeJS.ProcessEnv): GatewaySettings {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigFault(`settings are missing or wrong: ${faults.join('; ')}`);
  }
  const e = parsed.data;
  const tls = readTls(e);
  if (e.KIBAN_OIDC === 'external' && env['KIBAN_ISSUER'] === undefined) {
    throw new ConfigFault('settings are missing or wrong: KIBAN_ISSUER: required with KIBAN_OIDC=external');
  }
  const issuer = env['KIBAN_ISSUER'] ?? `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${e.KIBAN_PORT}/oidc`;
  // The gateway neither publishes nor consumes events, so it needs no NATS.
  const config = readConfig({ NATS_URL: 'nats://unused', ...env, KIBAN_ISSUER: issuer });
  return {
    config,
    httpPort: e.KIBAN_PORT,
    grpcPort: e.KIBAN_GRPC_PORT,
    oidc: e.KIBAN_OIDC,
    ...(tls === undefined ? {} : { tls }),
    quotaPerSecond: e.KIBAN_QUOTA_PER_SECOND,
    placesPerContext: e.KIBAN_PLACES,
    uploadLimit: e.KIBAN_UPLOAD_LIMIT,
  };
}

function readTls(e: z.output<typeof environment>): TlsSettings | undefined {
  const { KIBAN_TLS_CERT: cert, KIBAN_TLS_KEY: key, KIBAN_TLS_CLIENT_CA: clientCa } = e;
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new ConfigFault('settings are missing or wrong: KIBAN_TLS_CERT and KIBAN_TLS_KEY: needed together');
  return {
    cert: pem('KIBAN_TLS_CERT', cert),
    key: pem('KIBAN_TLS_KEY', key),
    ...(clientCa === undefined ? {} : { clientCa: pem('KIBAN_TLS_CLIENT_CA', clientCa) }),
  };
}

function pem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new ConfigFault(`settings are missing or wrong: ${variable}: the file cannot be read`);
  }
}
