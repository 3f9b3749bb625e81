/** The chip's applications (CARD-4.8). The identifiers of JUKI_AP and ORDINANCE_AP are not published: ours are proprietary ones of ISO/IEC 7816-4 (first digit F). */
export const APPLICATIONS = {
  JPKI_AP: 'D392F000260100000001',
  FACE_AP: 'D3921000310001010402',
  INPUT_AP: 'D3921000310001010408',
  JUKI_AP: 'F04B4942414E4A554B49',
  ORDINANCE_AP: 'F04B4942414E4F524449',
} as const;
export type Application = keyof typeof APPLICATIONS;

/** Secrets with a counter each. A and B are derived from the face and are the same in FACE_AP and INPUT_AP. */
export type Secret = 'SIGN' | 'AUTH' | 'INPUT' | 'JUKI' | 'ORDINANCE' | 'A' | 'B';

/** Tries before a lock-out; only a counter lifts it (CARD-4.8). */
export const TRIES: Readonly<Record<Secret, number>> = { SIGN: 5, AUTH: 3, INPUT: 3, JUKI: 3, ORDINANCE: 3, A: 10, B: 10 };

export type KeyKind = 'SIGN' | 'AUTH';

/** An elementary file: data readable after one of its secrets (none listed: freely), a secret, or a key. */
export type Ef =
  | { readonly kind: 'DATA'; readonly readers: readonly Secret[]; readonly certificateOf?: KeyKind; readonly authorityOf?: KeyKind }
  | { readonly kind: 'SECRET'; readonly secret: Secret }
  | { readonly kind: 'KEY'; readonly key: KeyKind };

const data = (...readers: Secret[]): Ef => ({ kind: 'DATA', readers });
const secret = (name: Secret): Ef => ({ kind: 'SECRET', secret: name });
const key = (name: KeyKind): Ef => ({ kind: 'KEY', key: name });

/** Elementary files by application and identifier (CARD-4.8; contents of the data files of FACE, INPUT, JUKI and ORDINANCE: our own). */
export const FILES: Readonly<Record<Application, Readonly<Record<number, Ef>>>> = {
  JPKI_AP: {
    0x0001: { kind: 'DATA', readers: ['SIGN'], certificateOf: 'SIGN' },
    0x0002: { kind: 'DATA', readers: [], authorityOf: 'SIGN' },
    0x000a: { kind: 'DATA', readers: [], certificateOf: 'AUTH' },
    0x000b: { kind: 'DATA', readers: [], authorityOf: 'AUTH' },
    0x0017: key('AUTH'), 0x0018: secret('AUTH'), 0x001a: key('SIGN'), 0x001b: secret('SIGN'),
  },
  FACE_AP: { 0x0001: data('A'), 0x0002: data('A', 'B'), 0x0014: secret('A'), 0x0015: secret('B') },
  INPUT_AP: { 0x0001: data('INPUT', 'A'), 0x0002: data('INPUT', 'B'), 0x0011: secret('INPUT'), 0x0014: secret('A'), 0x0015: secret('B') },
  JUKI_AP: { 0x0001: data('JUKI'), 0x0011: secret('JUKI') },
  ORDINANCE_AP: { 0x0001: data('ORDINANCE'), 0x0011: secret('ORDINANCE') },
};

/** Where a secret is verified. */
export const SECRET_PLACE: Readonly<Record<Secret, readonly [Application, number]>> = {
  SIGN: ['JPKI_AP', 0x001b], AUTH: ['JPKI_AP', 0x0018], INPUT: ['INPUT_AP', 0x0011], JUKI: ['JUKI_AP', 0x0011], ORDINANCE: ['ORDINANCE_AP', 0x0011], A: ['FACE_AP', 0x0014], B: ['FACE_AP', 0x0015],
};

/** The key, certificate and authority certificate of a kind in JPKI_AP. */
export const JPKI_PLACE: Readonly<Record<KeyKind, { readonly key: number; readonly certificate: number; readonly authority: number }>> = {
  SIGN: { key: 0x001a, certificate: 0x0001, authority: 0x0002 },
  AUTH: { key: 0x0017, certificate: 0x000a, authority: 0x000b },
};

/** What a maker writes before the chip is personalised. */
export const PERSONAL_FILES: readonly (readonly [Application, number])[] = [['FACE_AP', 0x0001], ['FACE_AP', 0x0002], ['INPUT_AP', 0x0001], ['INPUT_AP', 0x0002], ['JUKI_AP', 0x0001]];
