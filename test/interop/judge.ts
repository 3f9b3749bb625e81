import type { Case, Kind } from './case.js';

/** What a program says of a case, with its words. */
export interface Verdict {
  readonly accepted: boolean;
  readonly words: string;
}

/** A program that is asked. */
export interface Judge {
  readonly name: 'openssl' | 'java' | 'gnutls' | 'nss';
  readonly version: string;
  readonly kinds: readonly Kind[];
  /** Answers in the order of the cases, each of which lies in the folder of its place. */
  judge(cases: readonly Case[], folders: readonly string[]): Promise<readonly Verdict[]> | readonly Verdict[];
}

/** Kinds that a program cannot be asked about, and why. */
export const NOT_ASKED: Readonly<Record<Judge['name'], Partial<Record<Kind, string>>>> = {
  openssl: {},
  java: {
    timestamp: 'no public interface verifies a token without an archive around it', cms: 'no public interface reads a signed message', sealed: 'no public interface reads an AuthEnvelopedData',
  },
  gnutls: { timestamp: 'has no program for time-stamps', sealed: 'reads no AuthEnvelopedData' },
  nss: { ocsp: 'its program asks over the network only', timestamp: 'has no program for time-stamps', sealed: 'its CMS reads no AuthEnvelopedData' },
};

/** A line of what a program printed. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
