import { readFileSync, readdirSync } from 'node:fs';
import { CaseBuilder, type CertificateSpec, type CrlSpec } from './case-builder.fixture.js';
import type { PathFault, PathRequest } from './path.js';

/** One question with its answer. `certificates` change the chain root, ca, end that every case starts from; null takes one away. */
export interface PathCase {
  readonly name: string;
  readonly clause: string;
  readonly certificates?: Readonly<Record<string, CertificateSpec | null>>;
  readonly crls?: readonly CrlSpec[];
  readonly target?: string;
  readonly anchors?: readonly string[];
  readonly at?: string;
  readonly ask?: Omit<PathRequest, 'target' | 'anchors' | 'intermediates' | 'crls' | 'at'>;
  /** A fault, or `VALID` with the policies where they are given. */
  readonly expect: 'VALID' | PathFault;
  readonly policies?: readonly string[];
  /** Ids of the certificates on the path that must be found. */
  readonly path?: readonly string[];
  /** Why OpenSSL answers otherwise, or cannot be asked. */
  readonly openssl?: string;
}

export interface PathCaseGroup {
  readonly group: string;
  readonly cases: readonly PathCase[];
}

const START: Readonly<Record<string, CertificateSpec>> = { root: { ca: true }, ca: { by: 'root', ca: true }, end: { by: 'ca' } };

const folder = new URL('./cases/', import.meta.url);

/** All groups of cases in `cases/`. */
export function caseGroups(): PathCaseGroup[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name): PathCaseGroup => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
}

export function builderOf({ certificates = {} }: PathCase): { readonly builder: CaseBuilder; readonly ids: readonly string[] } {
  const specs: Record<string, CertificateSpec> = {};
  for (const id of new Set([...Object.keys(START), ...Object.keys(certificates)])) {
    const change = certificates[id];
    if (change !== null) specs[id] = { ...START[id], ...change };
  }
  return { builder: new CaseBuilder(specs), ids: Object.keys(specs) };
}

/** The question of a case: every certificate that is no anchor is in the bundle, the target included. */
export function requestOf(one: PathCase): PathRequest {
  const { builder, ids } = builderOf(one);
  const anchors = one.anchors ?? ['root'];
  return {
    target: builder.certificate(one.target ?? 'end'),
    anchors: anchors.map((id) => builder.certificate(id)),
    intermediates: ids.filter((id) => !anchors.includes(id)).map((id) => builder.certificate(id)),
    crls: (one.crls ?? []).map((crl) => builder.crl(crl)),
    at: new Date(one.at ?? '2027-01-01T00:00:00Z'),
    ...one.ask,
  };
}
