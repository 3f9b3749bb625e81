import { createHash, type KeyObject } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  buildTbsCertificate, decryptData, encryptData, generateRsaKey, parseCertificate, pemEncode, signCertificate, signData, signingKeyOf, verifySignedData, type CertificateProfile, type ParsedCertificate,
} from '#pki';

const PROFILE: CertificateProfile = {
  id: 'exchange-party', version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 }, subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: 'An organisation' }],
  validity: { maxDays: 365 }, extensions: [{ critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature', 'keyEncipherment'] } }],
};

/** An organisation that exchanges sealed files with the register (JUKI-5.3): its key, with a certificate that signs itself. */
export class ExchangeParty {
  private constructor(
    readonly certificate: ParsedCertificate,
    readonly key: KeyObject,
  ) {}

  /** Valid for 300 days. */
  static async create(serial: bigint, from = new Date()): Promise<ExchangeParty> {
    const key = await generateRsaKey(2048);
    const signing = signingKeyOf(PROFILE.id, key);
    const notBefore = new Date(Math.floor(from.getTime() / 1000) * 1000);
    const tbs = buildTbsCertificate({ profile: PROFILE, serial, issuer: 'self', notBefore, notAfter: new Date(notBefore.getTime() + 300 * 86_400_000), spki: signing.publicKeySpki });
    return new ExchangeParty(parseCertificate(await signCertificate(tbs, signing)), key);
  }

  /** As an operator registers it. */
  get registration(): { readonly certificate: string; readonly sha256: string } {
    const { der } = this.certificate;
    return { certificate: pemEncode('CERTIFICATE', der), sha256: createHash('sha256').update(der).digest('hex') };
  }

  async seal(text: string, receiver: ParsedCertificate, at = new Date()): Promise<Uint8Array<ArrayBuffer>> {
    const signed = await signData(gzipSync(text), { certificate: this.certificate, key: signingKeyOf(PROFILE.id, this.key) }, at);
    return new Uint8Array(encryptData(signed, receiver));
  }

  open(sealed: Buffer, sender: ParsedCertificate): string {
    return gunzipSync(verifySignedData(decryptData(sealed, this.certificate, this.key), sender).content).toString('utf8');
  }
}
