import { partitionName, profileSet } from '#contexts/jpki-ca';
import type { Name, ParsedCertificate, ParsedCrl, ProfileExtension } from '#pki';
import { type Keys, type Party, Registrar, authority, newKeys, plainProfile, policies } from './party.js';

const KASUMI = { prefecture: 'Kasumi-ken', municipality: 'Kasumi-shi', part: '' };
const PERSON = {
  ...KASUMI, commonName: '201601040930150004299999001A', name: '基盤　花子', birthDate: '419900401', sex: '2', address: '霞県霞市中央一丁目２番３号',
  nameSubstitutes: '00000', addressSubstitutes: '0000000000000',
};
const ORGANISATION = 'JPKI-TEST';
const set = profileSet(ORGANISATION, 'http://127.0.0.1:9/ocsp');
export const SIGN_POLICY = '1.2.392.200149.8.5.1.0.20';

/** Policies of the ministries, the bridge and a prefecture (JPKI 4.10, vectors B1 to B15). */
export const [G, J, P] = ['1.2.392.100.1', '1.2.392.100.2', '1.2.392.100.3'];

/** The two authorities of JPKI in two generations, with what they issue. */
export interface Material {
  readonly registrar: Registrar;
  /** Signature authority: its first key, certified by itself. */
  readonly sign: Party;
  /** The same name, a second key. */
  readonly next: Party;
  /** Another key under the same name that nobody certified. */
  readonly stranger: Party;
  readonly auth: Party;
  readonly oldWithNew: ParsedCertificate;
  readonly newWithOld: ParsedCertificate;
  readonly holder: Party;
  readonly authHolder: Party;
  readonly responder: Party;
  readonly tsa: Party;
  readonly spare: readonly Keys[];
  readonly partition: Name;
  readonly otherPartition: Name;
  readonly authPartition: Name;
  readonly arl: (issuer: Party, revoked?: readonly bigint[]) => Promise<ParsedCrl>;
  /** Certificate of the holder's key by the signature profile, with changes. */
  readonly holderBy: (issuer: Party, serial: bigint, days?: readonly [number, number]) => Promise<ParsedCertificate>;
}

/** Makes all of it around the instant; about ten keys, two seconds. */
export async function materialAt(now: Date): Promise<Material> {
  const registrar = new Registrar(now);
  const keys = await Promise.all(Array.from({ length: 11 }, (_, n) => newKeys(`key-${n}`)));
  const [signKeys, nextKeys, strangerKeys, authKeys, holderKeys, authHolderKeys, responderKeys, tsaKeys, ...spare] = keys as [Keys, Keys, Keys, Keys, Keys, Keys, Keys, Keys, ...Keys[]];
  const root = (serial: bigint, of: Keys) => registrar.certify({ profile: set.root.sign, serial, days: [-1_000, 2_000] }, of);
  const [sign, next, stranger] = [await root(1n, signKeys), await root(900n, nextKeys), await root(1n, strangerKeys)];
  const auth = await registrar.certify({ profile: set.root.auth, serial: 1n, days: [-1_000, 2_000] }, authKeys);
  const link = async (serial: bigint, of: Keys, by: Party) => (await registrar.certify({ profile: set.link.sign, serial }, of, by)).certificate;
  const holderOf = (issuer: Party, serial: bigint, days: readonly [number, number] = [-100, 1_000]) =>
    registrar.certify({ profile: set.holder.SIGN_CERT, parameters: PERSON, serial, days }, holderKeys, issuer);
  const short = { parameters: { number: '1' }, days: [-10, 20] } as const;
  const authParameters = { ...KASUMI, commonName: 'ABCDEFGHIJKLMN99999001A' };
  const signName = set.root.sign.subject;
  return {
    registrar, sign, next, stranger, auth, spare,
    oldWithNew: await link(901n, signKeys, next),
    newWithOld: await link(902n, nextKeys, sign),
    holder: await holderOf(sign, 0x06d18006n),
    authHolder: await registrar.certify({ profile: set.holder.AUTH_CERT, parameters: authParameters, serial: 77n }, authHolderKeys, auth),
    responder: await registrar.certify({ profile: set.responder.sign, serial: 5n, ...short }, responderKeys, sign),
    tsa: await registrar.certify({ profile: set.sealing.tsa, serial: 6n, ...short }, tsaKeys, sign),
    partition: partitionName(ORGANISATION, 'sign', KASUMI),
    otherPartition: partitionName(ORGANISATION, 'sign', { ...KASUMI, municipality: 'Other-shi' }),
    authPartition: partitionName(ORGANISATION, 'auth', KASUMI),
    arl: (issuer, revoked = []) => registrar.list(issuer, { revoked, reason: 'keyCompromise', only: 'caCerts', point: issuer === auth ? set.root.auth.subject : signName }),
    holderBy: async (issuer, serial, days) => (await holderOf(issuer, serial, days)).certificate,
  };
}

/** What differs between the bridges of the vectors. */
export interface BridgeChanges {
  /** Further extensions of the ministries' certificate for the bridge. */
  readonly cross?: readonly ProfileExtension[];
  readonly pathLength?: number;
  readonly holderPolicy?: string | null;
}

export interface Bridge {
  readonly anchor: ParsedCertificate;
  /** The ministries' certificate for the bridge, and the bridge's for the prefecture. */
  readonly crosses: readonly [ParsedCertificate, ParsedCertificate];
  readonly holder: ParsedCertificate;
}

const ENDS: ProfileExtension = { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } };
const HOLDER: Name = [{ type: 'C', value: 'JP' }, { type: 'L', value: 'Kasumi-ken' }, { type: 'CN', value: 'holder' }];
export const PREFECTURE: Name = [{ type: 'C', value: 'JP' }, { type: 'O', value: 'JPKI' }, { type: 'OU', value: 'prefecture' }];

function mapping(from: string, to: string): ProfileExtension {
  return { critical: true, value: { kind: 'policyMappings', mappings: [{ issuerDomainPolicy: from, subjectDomainPolicy: to }] } };
}

/** Root of the ministries, the bridge and a prefecture's authority, with a holder (JPKI 4.10). */
export async function bridgeOf({ registrar, spare, holder }: Material, { cross = [], pathLength, holderPolicy = P }: BridgeChanges = {}): Promise<Bridge> {
  const [g, j, p] = spare as [Keys, Keys, Keys];
  const root = await registrar.certify({ profile: plainProfile([{ type: 'C', value: 'JP' }, { type: 'O', value: 'GPKI' }], ...authority()), serial: 1n }, g);
  const explicit: ProfileExtension = { critical: true, value: { kind: 'policyConstraints', requireExplicitPolicy: 0 } };
  const constraints = cross.some(({ value }) => value.kind === 'policyConstraints') ? [] : [explicit];
  const bridgeName: Name = [{ type: 'C', value: 'JP' }, { type: 'O', value: 'JPKI' }, { type: 'CN', value: 'bridge' }];
  const toBridge = plainProfile(bridgeName, ...authority(pathLength), policies(G), mapping(G, J), ...constraints, ...cross);
  const bridge = await registrar.certify({ profile: toBridge, serial: 2n }, j, root);
  const prefecture = await registrar.certify({ profile: plainProfile(PREFECTURE, ...authority(), policies(J), mapping(J, P)), serial: 3n }, p, bridge);
  const ends = plainProfile(HOLDER, ENDS, ...(holderPolicy === null ? [] : [policies(holderPolicy)]));
  const end = await registrar.certify({ profile: ends, serial: 4n }, holder, prefecture);
  return { anchor: root.certificate, crosses: [bridge.certificate, prefecture.certificate], holder: end.certificate };
}
