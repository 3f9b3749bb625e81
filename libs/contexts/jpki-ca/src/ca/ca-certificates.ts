import { buildTbsCertificate, issuerOf, keyChecksumOf, lintCertificate, parseCertificate, signCertificate, type CertificateProfile, type SigningKey } from '#pki';
import type { ProfileSet } from '../profile/profiles.js';
import { rootEnd, type CaId } from './ca.js';
import type { CaGenerationRow, LinkCertificate } from './ca.store.js';

export interface RootOrder {
  readonly profiles: ProfileSet;
  readonly ca: CaId;
  readonly key: SigningKey;
  readonly serial: number;
  readonly now: Date;
}

/** The self-signed certificate of a key generation (JPKI 4.3). */
export async function signRoot({ profiles, ca, key, serial, now }: RootOrder): Promise<Pick<CaGenerationRow, 'key_checksum' | 'serial' | 'not_before' | 'not_after'> & { certificate: Buffer }> {
  const profile = profiles.root[ca];
  const [notBefore, notAfter] = [toSecond(now), rootEnd(now)];
  const tbs = buildTbsCertificate({ profile, serial: BigInt(serial), issuer: 'self', notBefore, notAfter, spki: key.publicKeySpki });
  const certificate = linted(await signCertificate(tbs, key), undefined, profile);
  return { certificate, serial, not_before: notBefore, not_after: notAfter, key_checksum: keyChecksumOf(key.publicKeySpki).toString('hex') };
}

/** A key generation with its root, one of the two that are linked. */
export interface LinkedGeneration {
  readonly generation: number;
  readonly key: SigningKey;
  readonly certificate: Buffer;
}

export interface LinkOrder {
  readonly profiles: ProfileSet;
  readonly ca: CaId;
  readonly fresh: LinkedGeneration;
  readonly former: LinkedGeneration;
  readonly serials: readonly number[];
  readonly now: Date;
}

/** Each of the two keys certified by the other, no longer than both roots last: who has taken over one of them reaches the other (JPKI 4.3, RFC 4210 4.4). */
export async function signLinks({ profiles, ca, fresh, former, serials, now }: LinkOrder): Promise<LinkCertificate[]> {
  const profile = profiles.link[ca];
  const ends = [fresh, former].map(({ certificate }) => parseCertificate(certificate).notAfter);
  const notAfter = new Date(Math.min(...ends.map((end) => end.getTime())));
  const directions = [{ name: 'OLD_WITH_NEW', subject: former, by: fresh }, { name: 'NEW_WITH_OLD', subject: fresh, by: former }];
  const links: LinkCertificate[] = [];
  for (const [index, { name, subject, by }] of directions.entries()) {
    const serial = serials[index] ?? 0;
    const issuer = issuerOf(parseCertificate(by.certificate));
    const tbs = buildTbsCertificate({ profile, serial: BigInt(serial), issuer, notBefore: toSecond(now), notAfter, spki: subject.key.publicKeySpki });
    const certificate = linted(await signCertificate(tbs, by.key), by.certificate, profile);
    links.push({ generation: fresh.generation, former: former.generation, name, certificate, serial, not_after: notAfter });
  }
  return links;
}

/** A profile that does not hold here is a fault of the program, not of somebody's input. */
function linted(certificate: Buffer, issuer: Buffer | undefined, profile: CertificateProfile): Buffer {
  const [finding] = lintCertificate(certificate, parseCertificate(issuer ?? certificate), { profile });
  if (finding !== undefined) throw new Error(`certificate by ${profile.id} breaks ${finding.id}`);
  return certificate;
}

function toSecond(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000);
}
