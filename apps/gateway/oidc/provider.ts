import { X509Certificate, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { Provider, errors, type ClientMetadata, type Configuration, type ResourceServer } from 'oidc-provider';
import { log, type Database } from '#platform';
import { FICTIONAL_CLIENTS, clientProof, subjectOf, type ClientProof, type RegisteredClient } from '../clients.js';
import { peerCertificate } from '../peer-certificate.js';
import { payloadStore } from './payload-store.js';
import type { SigningKeys } from './signing-keys.js';

const TOKEN_SECONDS = 600;

export interface ProviderParts {
  readonly issuer: string;
  /** The resource that tokens are for when the caller names none. */
  readonly audience: string;
  readonly keysFolder: string;
  readonly keys: SigningKeys;
  readonly database: Database;
  readonly tls: boolean;
  /** Told of every caller whose request for a token was refused. */
  readonly refused: (request: IncomingMessage, refusal: { readonly client: string | undefined; readonly code: string; readonly reason: string }) => void;
}

/** The embedded OpenID provider: client credentials for systems, by key or certificate; access tokens are JWTs by RFC 9068. */
export async function openIdProvider(parts: ProviderParts): Promise<Provider> {
  const clients = await Promise.all(
    FICTIONAL_CLIENTS.map(async (client) => clientMetadata(client, await clientProof(parts.keysFolder, client.id, parts.tls))),
  );
  const provider = new Provider(parts.issuer, configuration(parts, clients));
  provider.on('grant.error', (ctx, error) => parts.refused(ctx.req, { client: ctx.oidc.client?.clientId, code: error.error, reason: error.error_description ?? error.error }));
  provider.on('server_error', (_ctx, error) => log.error('token endpoint failed', { error }));
  provider.use(async (ctx, next) => {
    await next();
    // Only systems get tokens here, and only by client credentials: nobody can log in.
    if (ctx.oidc?.route === 'discovery' && typeof ctx.body === 'object' && ctx.body !== null) Reflect.deleteProperty(ctx.body, 'authorization_endpoint');
  });
  return provider;
}

function clientMetadata(client: RegisteredClient, proof: ClientProof): ClientMetadata {
  return {
    client_id: client.id,
    client_name: client.en,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    kiban: { kind: client.kind, organisation: client.organisation, ...(client.operator === undefined ? {} : { operator: client.operator }) },
    ...proofMetadata(proof),
  };
}

function proofMetadata(proof: ClientProof): Partial<ClientMetadata> {
  switch (proof.method) {
    case 'private_key_jwt':
      return { token_endpoint_auth_method: proof.method, token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [proof.key] } };
    case 'tls_client_auth':
      return { token_endpoint_auth_method: proof.method, tls_client_auth_subject_dn: proof.subject, tls_client_certificate_bound_access_tokens: true };
    case 'self_signed_tls_client_auth': {
      const jwk = { ...proof.certificate.publicKey.export({ format: 'jwk' }), x5c: [proof.certificate.raw.toString('base64')] };
      return { token_endpoint_auth_method: proof.method, jwks: { keys: [jwk] }, tls_client_certificate_bound_access_tokens: true } as Partial<ClientMetadata>;
    }
  }
}

function configuration(parts: ProviderParts, clients: ClientMetadata[]): Configuration {
  const { audience, tls } = parts;
  return {
    adapter: payloadStore(parts.database),
    clients,
    jwks: { keys: parts.keys.map((key) => ({ ...key })) },
    // Cookies belong to logins, which do not exist here.
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clientAuthMethods: tls ? ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'] : ['private_key_jwt'],
    responseTypes: [],
    scopes: [],
    claims: {},
    extraClientMetadata: { properties: ['kiban'] },
    extraTokenClaims: (_ctx, token) => ({ kiban: token.client?.['kiban'] }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      mTLS: tls ? mutualTls : { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: (_ctx, resource) => resourceServer(resource, audience),
      },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    ttl: { ClientCredentials: TOKEN_SECONDS },
    renderError: (ctx, out) => {
      ctx.type = 'application/json';
      ctx.body = JSON.stringify(out);
    },
  };
}

function resourceServer(resource: string, audience: string): ResourceServer {
  if (resource !== audience) throw new errors.InvalidTarget();
  return { scope: '', audience, accessTokenTTL: TOKEN_SECONDS, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
}

/** RFC 8705: the certificate is that of the TLS connection itself, never one that a header claims. */
const mutualTls: NonNullable<NonNullable<Configuration['features']>['mTLS']> = {
  enabled: true,
  certificateBoundAccessTokens: true,
  selfSignedTlsClientAuth: true,
  tlsClientAuth: true,
  getCertificate: (ctx) => peerCertificate(ctx.req.socket)?.toString(),
  certificateAuthorized: (ctx) => ctx.req.socket instanceof TLSSocket && ctx.req.socket.authorized,
  certificateSubjectMatches: (ctx, _property, expected) => {
    const certificate = peerCertificate(ctx.req.socket);
    return certificate instanceof X509Certificate && subjectOf(certificate) === expected;
  },
};
