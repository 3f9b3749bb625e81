import { decodeJwt } from 'jose';
import { dnOf, parseDn, type Dn } from '#pki';
import type { EstateReader } from './estate-reader.js';
import { SUCCESS, type BindRequest, type Result } from './message.js';

/** Who a connection is bound as: a client of the estate, by its access token. */
export interface Session {
  readonly dn: string;
  readonly token: string;
}

export interface Bound {
  readonly result: Result;
  /** Undefined for nobody. */
  readonly session?: Session;
}

/** RFC 6750 2.1, no longer than any that the estate gives. */
const TOKEN = /^[A-Za-z0-9._~+/-]{1,8192}=*$/;
const LDAP_VERSION = 3;
const CLIENTS = 'clients';

/**
 * A bind (RFC 4513 5.1): anonymous, or as `cn=<client id>,ou=clients,<naming context>` with an access token of the estate as the password. A
 * password goes over a line that nobody else reads, or is not taken.
 */
export async function bind({ version, name, password }: BindRequest, estate: Pick<EstateReader, 'admits' | 'tree'>, line: { readonly isPrivate: boolean; readonly signal: AbortSignal }): Promise<Bound> {
  const refused = (code: Result['code'], diagnostic: string): Bound => ({ result: { code, diagnostic } });
  if (version !== LDAP_VERSION) return refused('protocolError', 'the version is 3');
  if (password === undefined) return refused('authMethodNotSupported', 'simple binds alone');
  if (name === '' && password === '') return { result: SUCCESS };
  if (password === '') return refused('unwillingToPerform', 'a name without a password proves nothing');
  if (!line.isPrivate) return refused('confidentialityRequired', 'a password needs TLS');
  const clientId = clientOf(parseDn(name), (await estate.tree(line.signal)).contexts);
  const wrong: Bound = { result: { code: 'invalidCredentials' } };
  if (clientId === undefined || !TOKEN.test(password) || clientIdIn(password) !== clientId) return wrong;
  return (await estate.admits(password, line.signal)) ? { result: SUCCESS, session: { dn: name, token: password } } : wrong;
}

/** The client whose name it is. */
function clientOf(dn: Dn | undefined, contexts: readonly Dn[]): string | undefined {
  const [client] = dn?.name.slice(-1) ?? [];
  if (dn === undefined || client?.type !== 'CN') return undefined;
  const isName = contexts.some(({ name }) => dn.key === dnOf([...name, { type: 'OU', value: CLIENTS }, { type: 'CN', value: client.value }]).key);
  return isName ? client.value : undefined;
}

/** What the token says of itself, before anybody believes it. */
function clientIdIn(token: string): unknown {
  try {
    return decodeJwt(token)['client_id'];
  } catch {
    return undefined;
  }
}
