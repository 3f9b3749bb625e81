/** Ports that a URI without one means, for the schemes whose rules RFC 5280 7.4 step 5 wants known. */
const DEFAULT_PORT: Readonly<Record<string, string>> = { http: '80', https: '443', ftp: '21', ldap: '389' };

/** Scheme, authority, path, and query with fragment (RFC 3986 appendix B); no two neighbouring parts share a character. */
const PARTS = /^([a-z][a-z0-9+.-]*):(\/\/[^/?#]*)?([^?#]*)(.*)$/is;

function percentNormalized(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : triplet.toUpperCase();
  });
}

/** RFC 3986 5.2.4. */
function withoutDots(path: string): string {
  if (!path.startsWith('/')) return path;
  const kept: string[] = [];
  const segments = path.slice(1).split('/');
  segments.forEach((segment, index) => {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    // A path that ends in a dot segment names the folder.
    if (index === segments.length - 1 && (segment === '.' || segment === '..')) kept.push('');
  });
  return `/${kept.join('/')}`;
}

function authorityKey(authority: string, defaultPort: string | undefined): string {
  const hostAt = authority.lastIndexOf('@') + 1;
  const host = percentNormalized(authority.slice(hostAt)).toLowerCase();
  const [port] = /:[0-9]*$/.exec(host) ?? [];
  const plain = port === ':' || port === `:${defaultPort}` ? host.slice(0, -port.length) : host;
  return percentNormalized(authority.slice(0, hostAt)) + plain;
}

/** Key of a URI: two are the same exactly when their keys are equal (RFC 5280 7.4). Text that is no URI is its own key. */
export function uriKeyOf(uri: string): string {
  const [, scheme, authority, path = '', rest = ''] = PARTS.exec(uri) ?? [];
  if (scheme === undefined) return uri;
  const name = scheme.toLowerCase();
  const defaultPort = DEFAULT_PORT[name];
  if (authority === undefined) return `${name}:${percentNormalized(path + rest)}`;
  const shortest = withoutDots(percentNormalized(path));
  const folder = shortest === '' && defaultPort !== undefined ? '/' : shortest;
  return `${name}:${authorityKey(authority, defaultPort)}${folder}${percentNormalized(rest)}`;
}
