import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { dnOf, parseDn } from '#pki';
import { EstateReader, Refused } from './estate-reader.js';
import { filteredBy, matches, type Filter } from './filter.js';
import { ListCache } from './list-cache.js';
import type { Result, SearchRequest } from './message.js';
import { ldifRecords } from './public-entries.js';
import { attributeName } from './schema.js';
import { search } from './search.js';
import { treeOf } from './tree.js';

const dn = (text: string) => parseDn(text) ?? dnOf([]);
const CA = 'OU=Agency,OU=Signature,O=JPKI,C=JP';
const POINT = 'CN=Kasumi-shi CRLDP,OU=Kasumi-ken,OU=Points,OU=Signature,O=JPKI,C=JP';
const [ROOT, PAIR, LIST, ARL] = ['root', 'pair', 'list', 'arl'].map((text) => Buffer.from(text));
const tree = treeOf([
  { dn: dn(CA), role: 'authority', values: { cACertificate: [ROOT as Buffer], crossCertificatePair: [PAIR as Buffer] }, lists: [{ attribute: 'authorityRevocationList', paths: ['/arl'] }] },
  { dn: dn(POINT), role: 'list', values: {}, lists: [{ attribute: 'certificateRevocationList', paths: ['/crl?1', '/crl?2'] }] },
]);
/** The first key has signed a list; the second one has none. The token `none` has no grant, `late` is refused for a while. */
const estate = {
  tree: () => Promise.resolve(tree),
  list: (path: string, token: string) => {
    if (token === 'none') return Promise.reject(new Refused({ code: 'insufficientAccessRights', diagnostic: 'NO_ACCESS_GRANT' }, 403));
    if (token === 'late') return Promise.reject(new Refused({ code: 'unavailable', diagnostic: 'CRL_STALE' }, 503));
    return Promise.resolve(path === '/crl?2' ? undefined : path === '/arl' ? ARL : LIST);
  },
};
const ANY: Filter = { kind: 'present', attribute: 'objectclass' };

async function found(change: Partial<SearchRequest>, token?: string): Promise<{ readonly result: Result; readonly entries: Record<string, Record<string, string[]>> }> {
  const entries: Record<string, Record<string, string[]>> = {};
  const request = { kind: 'search', base: 'O=JPKI,C=JP', scope: 'sub', sizeLimit: 0, timeLimit: 0, typesOnly: false, filter: ANY, attributes: [], ...change } as const;
  const send = (name: string, attributes: readonly { readonly description: string; readonly values: readonly (Buffer | string)[] }[]): Promise<void> => {
    entries[name] = Object.fromEntries(attributes.map(({ description, values }) => [description, values.map((value) => value.toString())]));
    return Promise.resolve();
  };
  return { result: await search(request, estate, { token, signal: new AbortController().signal, hasStartTls: false, send }), entries };
}
const namesOf = async (change: Partial<SearchRequest>): Promise<string[]> => Object.keys((await found(change)).entries);

describe('the tree (RFC 4512 2.1)', () => {
  it('has an entry for each name between a naming context and what is served, by scope (RFC 4511 4.5.1.2)', async () => {
    expect(await namesOf({})).toHaveLength(6);
    expect(await namesOf({ scope: 'one' })).toEqual(['OU=Signature,O=JPKI,C=JP']);
    expect(await namesOf({ scope: 'base' })).toEqual(['O=JPKI,C=JP']);
    expect(await namesOf({ base: 'ou=points,ou=SIGNATURE,o=jpki,c=jp', scope: 'sub' })).toHaveLength(3);
    expect(await namesOf({ base: '', scope: 'sub' })).toHaveLength(6);
  });

  it('an object that is not there is told with the last one above it that is, a name that is none as such', async () => {
    expect((await found({ base: 'CN=x,OU=Nowhere,O=JPKI,C=JP' })).result).toEqual({ code: 'noSuchObject', matched: 'O=JPKI,C=JP' });
    expect((await found({ base: 'C=JP' })).result).toEqual({ code: 'noSuchObject', matched: '' });
    expect((await found({ base: 'O=a, C=JP' })).result.code).toBe('invalidDNSyntax');
  });

  it('the root DSE shows its class, and by name or + the rest (RFC 4512 5.1, RFC 3673)', async () => {
    const root = async (attributes: string[]) => (await found({ base: '', scope: 'base', attributes })).entries[''];
    expect(await root([])).toEqual({ objectClass: ['top'] });
    expect(await root(['+'])).toMatchObject({ namingContexts: ['O=JPKI,C=JP'], supportedLDAPVersion: ['3'], supportedExtension: ['1.3.6.1.4.1.4203.1.11.3'] });
    expect(await root(['NAMINGCONTEXTS'])).toEqual({ namingContexts: ['O=JPKI,C=JP'] });
  });
});

describe('attributes (RFC 4511 4.5.1.8; RFC 4522, 4523)', () => {
  it('are transferred as ;binary, asked for by name in any case, identifier, with the option or without', async () => {
    for (const name of ['cACertificate;binary', 'cacertificate', '2.5.4.37', 'CACERTIFICATE;BINARY']) {
      expect((await found({ base: CA, scope: 'base', attributes: [name] })).entries).toEqual({ [CA]: { 'cACertificate;binary': ['root'] } });
    }
    expect((await found({ base: CA, scope: 'base', attributes: ['cACertificate;lang-ja'] })).entries[CA]).toEqual({});
    expect([attributeName('OU'), attributeName('organizationalUnitName'), attributeName('2.5.4.11')]).toEqual(['ou', 'ou', 'ou']);
  });

  it('1.1 asks for none, * for all, types only for their names', async () => {
    expect((await found({ base: CA, scope: 'base', attributes: ['1.1'] })).entries).toEqual({ [CA]: {} });
    expect((await found({ base: CA, scope: 'base', attributes: ['*'] }, 'good')).entries[CA]).toEqual({
      'objectClass': ['top', 'organizationalUnit', 'pkiCA'], 'ou': ['Agency'], 'cACertificate;binary': ['root'], 'crossCertificatePair;binary': ['pair'], 'authorityRevocationList;binary': ['arl'],
    });
    expect((await found({ base: CA, scope: 'base', typesOnly: true, attributes: ['cACertificate'] })).entries[CA]).toEqual({ 'cACertificate;binary': [] });
  });
});

describe('lists (JPKI-4.8)', () => {
  const CRL = 'certificateRevocationList';
  it('are those of all keys that have one, for who may have them', async () => {
    expect(await found({ base: POINT, scope: 'base', attributes: [CRL] }, 'good')).toEqual({ result: { code: 'success' }, entries: { [POINT]: { [`${CRL};binary`]: ['list'] } } });
  });

  it('without a grant are insufficientAccessRights where nothing else of the kind was asked for', async () => {
    for (const token of [undefined, 'none']) {
      for (const change of [{ base: POINT, attributes: [CRL] }, { base: POINT, attributes: [] }, { base: CA, attributes: ['authorityRevocationList', 'ou'] }]) {
        const { result, entries } = await found({ scope: 'base', ...change }, token);
        expect([result.code, JSON.stringify(entries).includes('binary')]).toEqual(['insufficientAccessRights', false]);
      }
      // Java asks for both at once; a look around meets lists without wanting them.
      expect((await found({ base: CA, scope: 'base', attributes: ['cACertificate;binary', 'authorityRevocationList;binary'] }, token)).result.code).toBe('success');
      expect((await found({ attributes: ['*'] }, token)).result.code).toBe('success');
      expect((await found({ attributes: [CRL] }, token)).result.code).toBe('insufficientAccessRights');
    }
    expect((await found({ base: POINT, scope: 'base', attributes: [CRL] }, 'late')).result).toEqual({ code: 'unavailable', diagnostic: 'CRL_STALE' });
  });

  it('size limit (RFC 4511 4.5.1.4): so many entries, then sizeLimitExceeded where there are more', async () => {
    const limited = async (sizeLimit: number) => {
      const { result, entries } = await found({ sizeLimit });
      return [result.code, Object.keys(entries).length];
    };
    expect([await limited(2), await limited(6), await limited(0)]).toEqual([['sizeLimitExceeded', 2], ['success', 6], ['success', 6]]);
  });

  it('kept ones are bounded by their octets, the least recently used first dropped', () => {
    const cache = new ListCache(10);
    const list = (octets: number) => ({ etag: '"a"', octets: Buffer.alloc(octets) });
    for (const path of ['a', 'b']) cache.set(path, list(4));
    cache.get('a');
    cache.set('c', list(4));
    cache.set('d', list(11));
    cache.set('c', list(6));
    expect(['a', 'b', 'c', 'd'].map((path) => cache.get(path)?.octets.length)).toEqual([4, undefined, 6, undefined]);
  });
});

describe('filters (RFC 4511 4.5.1.7)', () => {
  const entry = filteredBy([['cn', ['Kasumi-shi  CRLDP']], ['objectclass', ['top']]], ['cacertificate']);
  const equal = (attribute: string, value: string | undefined): Filter => ({ kind: 'equal', attribute, value });
  const [yes, no, unknown] = [equal('cn', 'KASUMI-SHI CRLDP'), equal('cn', 'X'), { kind: 'undefined' } as const];

  it('are true, false or undefined', () => {
    const judged = (filter: Filter): boolean | undefined => matches(filter, entry);
    expect([yes, no, unknown, equal('cn', undefined), equal('cacertificate', 'X'), equal('nosuch', 'X'), equal('ou', 'X'), equal('objectclass', 'TOP')].map(judged)).toEqual([true, false, undefined, undefined, undefined, undefined, false, true]);
    expect(['cn', 'cacertificate', 'ou'].map((attribute) => judged({ kind: 'present', attribute }))).toEqual([true, true, false]);
    const parts = [[], [yes], [yes, no], [yes, unknown], [no, unknown]] as const;
    expect(parts.map((some) => judged({ kind: 'and', parts: some }))).toEqual([true, true, false, undefined, false]);
    expect(parts.map((some) => judged({ kind: 'or', parts: some }))).toEqual([false, true, true, true, undefined]);
    expect([yes, no, unknown].map((part) => judged({ kind: 'not', part }))).toEqual([false, true, undefined]);
  });

  it('only what is true is found', async () => {
    expect(await namesOf({ filter: equal('objectclass', 'PKICA') })).toEqual([CA]);
    expect(await namesOf({ filter: { kind: 'not', part: unknown } })).toEqual([]);
    expect(await namesOf({ filter: { kind: 'present', attribute: 'certificaterevocationlist' } })).toEqual([POINT]);
  });
});

it('reads the LDIF of the bridge: folded lines, base64, names outside of ASCII (RFC 2849)', () => {
  const text = `version: 1\n\ndn: OU=Bridge,O=JPKI,C=JP\nobjectClass: pkiCA\ncACertificate;binary:: cm9v\n dA==\ncACertificate;binary:: cGFpcg==\n\ndn:: ${Buffer.from('O=政府,C=JP').toString('base64')}\nobjectClass: pkiCA\n`;
  expect(ldifRecords(text)).toEqual([{ dn: 'OU=Bridge,O=JPKI,C=JP', values: { cACertificate: [ROOT, PAIR] } }, { dn: 'O=政府,C=JP', values: {} }]);
});

it('who has no more time waits no longer for what is looked up for all (RFC 4511 4.5.1.5)', async () => {
  const over = new AbortController();
  const hanging = new EstateReader({ gatewayUrl: 'http://127.0.0.1:9', tokens: { token: () => new Promise(() => undefined) }, cache: new ListCache(1), elapsed: () => 0 });
  const request = { kind: 'search', base: CA, scope: 'base', sizeLimit: 0, timeLimit: 1, typesOnly: false, filter: ANY, attributes: [] } as const;
  const waiting = search(request, hanging, { token: undefined, signal: over.signal, hasStartTls: false, send: () => Promise.resolve() });
  over.abort(new Error('out of time'));
  await expect(waiting).rejects.toThrow('out of time');
});

it('a list that many fetch at the same time is in memory once', async () => {
  const waiting: ServerResponse[] = [];
  const gateway = createServer((_request, response) => {
    waiting.push(response);
    if (waiting.length === 2) for (const one of waiting) one.writeHead(200, { etag: '"7"' }).end('list');
  }).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  try {
    const gatewayUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
    const reader = new EstateReader({ gatewayUrl, tokens: { token: () => Promise.resolve('own') }, cache: new ListCache(4), elapsed: () => 0 });
    const [one, other] = await Promise.all(['a', 'b'].map((token) => reader.list('/crl', token, new AbortController().signal)));
    expect(one).toEqual(LIST);
    expect(other).toBe(one);
  } finally {
    gateway.closeAllConnections();
    gateway.close();
  }
});
