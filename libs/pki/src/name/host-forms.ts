import { hostOf, wildcardParentOf } from './host.js';
import { EVERY_NAME, type NameForm, type Subtree, badConstraint, subtreeWhere } from './name-form.js';

/** `.example.com`: what RFC 5280 defines for mailboxes and URIs, one or more labels before `example.com`. Undefined when malformed. */
export function domainOf(text: string): string | undefined {
  const host = text.startsWith('.') ? hostOf(text.slice(1)) : undefined;
  return host === undefined ? undefined : `.${host}`;
}

/** Hosts `base` and below. A wildcard one label above stands for `base` among others. */
function hostSubtree(base: string): Subtree {
  const below = `.${base}`;
  const dot = base.indexOf('.');
  const wildcardAbove = dot < 0 ? undefined : `*${base.slice(dot)}`;
  function covers(name: string): boolean {
    return name === base || name.endsWith(below);
  }
  return { covers, touches: (name) => covers(name) || name === wildcardAbove };
}

/** dNSName: a constraint holds its host and every name made by adding labels to the left; the empty one holds all. */
export const DNS_FORM: NameForm = {
  textOf(content) {
    const text = content.toString('latin1');
    const parent = wildcardParentOf(text);
    return parent === undefined ? hostOf(text) : `*.${parent}`;
  },
  subtreeOf(content) {
    const text = content.toString('latin1');
    if (text === '') return EVERY_NAME;
    const domain = domainOf(text);
    // RFC 5280 gives a leading dot no meaning here. Read as it is by others when it excludes, it permits nothing.
    if (domain !== undefined) return { covers: () => false, touches: (name) => name.endsWith(domain) };
    const host = hostOf(text);
    if (host === undefined) throw badConstraint('dNSName');
    return hostSubtree(host);
  },
};

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const USER_INFORMATION = /^[A-Za-z0-9\-._~!$&'()*+,;=:%]*$/;
const PORT = /^[0-9]*$/;

/** Host of a URI (RFC 3986 3.2), undefined unless it is a fully qualified domain name. */
function uriHostOf(uri: string): string | undefined {
  const mark = uri.indexOf('://');
  if (mark < 0 || !SCHEME.test(uri.slice(0, mark))) return undefined;
  const rest = uri.slice(mark + 3);
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const at = authority.lastIndexOf('@');
  const [host = '', port = '', ...more] = authority.slice(at + 1).split(':', 3);
  if (!USER_INFORMATION.test(authority.slice(0, Math.max(at, 0))) || !PORT.test(port) || more.length > 0) return undefined;
  return host.includes('.') ? hostOf(host) : undefined;
}

/** uniformResourceIdentifier: a constraint is on the host; a URI whose host is no fully qualified domain name must be refused. */
export const URI_FORM: NameForm = {
  textOf: (content) => uriHostOf(content.toString('latin1')),
  subtreeOf(content) {
    const text = content.toString('latin1');
    if (text === '') return EVERY_NAME;
    const domain = domainOf(text);
    if (domain !== undefined) return subtreeWhere((host) => host.endsWith(domain));
    const base = hostOf(text);
    if (base === undefined) throw badConstraint('uniformResourceIdentifier');
    return subtreeWhere((host) => host === base);
  },
};
