import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { buildCertificatesOnly } from '#pki';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { authorityId, byAuthority } from '../authority/authority-view.js';
import type { RevocationListStore } from '../revocation-list/revocation-list.store.js';
import { ENTRY_ATTRIBUTES, isInScope, ldifRecord } from './entry.js';
import type { Provision } from './provision.js';
import { topologyNeeded, topologyPublished } from './repository.js';
import { entryOf, pairAt, pairsAt, type RepositoryReader } from './repository-reader.js';

const CERTS_ONLY = 'application/pkcs7-mime; smime-type=certs-only';
const missing = refusals(platformProblems, 'NOT_FOUND');

const bundleSpec = useCase({
  action: 'bridge-ca.repository.read-certificates', kind: 'question', summary: 'Certificates of all authorities, or of one: roots of all generations, links, cross certificates; PKCS#7 certificates only',
  input: z.strictObject({ authorityId: authorityId.optional() }), output: z.custom<BinaryAnswer>(), refusals: missing,
});

/** Trust material, for everybody (JPKI 5). */
export class GetCertificates implements UseCase<typeof bundleSpec> {
  readonly spec = bundleSpec;

  constructor(private readonly repository: RepositoryReader) {}

  async execute(ctx: Ctx, { authorityId: id }: InputOf<typeof bundleSpec>): Promise<BinaryAnswer> {
    const { published } = id === undefined ? { published: await this.repository.read(ctx.db, ctx.now) } : await this.repository.entry(ctx.db, id, ctx.now);
    const isMeant = (one: string): boolean => id === undefined || one === id;
    const pairs = id === undefined ? published.pairs : pairsAt(id, published);
    const own = [...published.roots, ...published.links].filter((one) => isMeant(one.authorityId)).map(({ certificate }) => certificate);
    ctx.audit({ object: `repository:${id ?? 'all'}` });
    return answered(CERTS_ONLY, buildCertificatesOnly([...own, ...pairs.flatMap(({ toBridge, toCounterpart }) => [toBridge, toCounterpart])]));
  }
}

const pairsSpec = useCase({
  action: 'bridge-ca.repository.list-pairs', kind: 'question', summary: 'Pairs of cross certificates at the entry of an authority (attribute 2.5.4.40), and how many certificates connect all authorities',
  input: byAuthority,
  output: z.object({
    pairs: z.array(z.object({ crossId: z.uuid(), counterpart: z.string(), pair: z.base64().describe('CertificatePair, DER'), sha256: z.string() })),
    needed: z.object({ mesh: z.number().int(), bridge: z.number().int(), external: z.number().int() }), published: z.object({ bridge: z.number().int(), external: z.number().int() }),
  }),
  refusals: missing,
});

export class ListPairs implements UseCase<typeof pairsSpec> {
  readonly spec = pairsSpec;

  constructor(private readonly repository: RepositoryReader) {}

  async execute(ctx: Ctx, { authorityId: id }: InputOf<typeof pairsSpec>): Promise<OutputOf<typeof pairsSpec>> {
    const { published } = await this.repository.entry(ctx.db, id, ctx.now);
    const kinds = new Map(published.authorities.map((one) => [one.id, one.kind]));
    // While a pair is renewed both the old and the new one stand there.
    const counterparts = new Set(published.pairs.map(({ counterpart }) => counterpart));
    ctx.audit({ object: `repository:${id}` });
    return {
      pairs: pairsAt(id, published).map((pair) => {
        const der = pairAt(id, pair);
        return { crossId: pair.crossId, counterpart: pair.counterpart, pair: der.toString('base64'), sha256: createHash('sha256').update(der).digest('hex') };
      }),
      needed: topologyNeeded(published.authorities.filter(({ kind }) => kind === 'EXTERNAL').length),
      published: topologyPublished([...counterparts].map((one) => kinds.get(one) ?? 'EXTERNAL')),
    };
  }
}

const pairSpec = useCase({
  action: 'bridge-ca.repository.read-pair', kind: 'question', summary: 'One pair of cross certificates as it stands at the entry of an authority, DER',
  input: byAuthority.extend({ crossId: z.uuid() }), output: z.custom<BinaryAnswer>(), refusals: missing,
});

export class GetPair implements UseCase<typeof pairSpec> {
  readonly spec = pairSpec;

  constructor(private readonly repository: RepositoryReader) {}

  async execute(ctx: Ctx, { authorityId: id, crossId }: InputOf<typeof pairSpec>): Promise<BinaryAnswer> {
    const { published } = await this.repository.entry(ctx.db, id, ctx.now);
    const pair = pairsAt(id, published).find((one) => one.crossId === crossId);
    if (pair === undefined) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `repository:${id}` });
    return answered('application/octet-stream', pairAt(id, pair));
  }
}

const listInput = byAuthority.extend({ generation: z.coerce.number().int().min(1).max(1_000).optional().describe('of the key that signed the list; the newest when left out') });
const listSpec = (list: 'ARL' | 'CRL') => useCase({
  action: `bridge-ca.${list.toLowerCase()}.read`, kind: 'question',
  summary: list === 'ARL' ? 'The current list of revoked certificates of authorities, DER' : 'The current list of revoked certificates of holders under an old prefectural authority, DER',
  input: listInput, output: z.custom<BinaryAnswer>(), refusals: [...missing, ...refusals(bridgeCaProblems, 'CRL_STALE', 'NO_ACCESS_GRANT'), ...refusals(platformProblems, 'UNAVAILABLE')],
});
type ListSpec = ReturnType<typeof listSpec>;

/** Past its nextUpdate a list is refused rather than served (JPKI 4.8), but for the last one of a key that is closed. */
export class GetList implements UseCase<ListSpec> {
  readonly spec: ListSpec;

  constructor(
    private readonly lists: RevocationListStore,
    private readonly list: 'ARL' | 'CRL',
    private readonly provision: Provision,
  ) {
    this.spec = listSpec(list);
  }

  async execute(ctx: Ctx, { authorityId: id, generation }: InputOf<ListSpec>): Promise<BinaryAnswer> {
    if (this.list === 'CRL') await this.provision.require(ctx, 'CRL');
    const published = await this.lists.published(ctx.db, this.list, id);
    const issue = generation === undefined ? published[0] : published.find((one) => one.generation === generation);
    if (issue === undefined) throw platformProblems.refuse('NOT_FOUND');
    const isOver = await this.lists.isClosed(ctx.db, issue);
    if (!isOver && issue.nextUpdate <= ctx.now) throw bridgeCaProblems.refuse('CRL_STALE', { facts: { number: issue.number } });
    ctx.audit({ object: `revocation-list:${id}:${this.list}:${issue.number}` });
    const headers = { 'etag': `"${issue.sha256}"`, 'last-modified': issue.thisUpdate.toUTCString(), 'expires': issue.nextUpdate.toUTCString(), 'cache-control': 'no-cache' };
    return { contentType: 'application/pkix-crl', body: issue.der, headers };
  }
}

const attribute = z.string().transform((text) => text.replace(/;binary$/, '')).pipe(z.enum(ENTRY_ATTRIBUTES));
const directorySpec = useCase({
  action: 'bridge-ca.repository.search', kind: 'question', summary: 'The directory as LDIF: entries by distinguished name (RFC 4514), with the attributes asked for (RFC 4523)',
  input: z.strictObject({
    base: z.string().min(1).max(400), scope: z.enum(['base', 'sub']).default('base'),
    attributes: z.string().max(200).optional().transform((text) => text?.split(',') ?? [...ENTRY_ATTRIBUTES]).pipe(z.array(attribute).min(1)).describe('names with commas between, with or without `;binary`'),
  }),
  output: z.custom<BinaryAnswer>(), refusals: missing,
});

/** What an LDAP client reads of the authorities (JPKI 4.8, 5): a search without credentials that changes nothing. */
export class SearchDirectory implements UseCase<typeof directorySpec> {
  readonly spec = directorySpec;

  constructor(private readonly repository: RepositoryReader) {}

  async execute(ctx: Ctx, { base, scope, attributes }: InputOf<typeof directorySpec>): Promise<BinaryAnswer> {
    const published = await this.repository.read(ctx.db, ctx.now);
    const entries = published.authorities.map((one) => entryOf(one, published)).filter(({ dn }) => isInScope(dn, base, scope));
    // noSuchObject of RFC 4511.
    if (entries.length === 0) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: 'repository:directory', facts: { entries: entries.length } });
    return answered('text/plain; charset=utf-8', Buffer.from(`version: 1\n\n${entries.map((entry) => ldifRecord(entry, attributes)).join('\n')}`, 'utf8'));
  }
}

function answered(contentType: string, body: Buffer): BinaryAnswer {
  return { contentType, body, headers: { 'etag': `"${createHash('sha256').update(body).digest('hex')}"`, 'cache-control': 'no-cache' } };
}
