import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildTbsCertificate, generateRsaKey, issuerOf, parseCertificate, pemEncode, signCertificate, signingKeyOf, validatePath,
  type CertificateIssuer, type CertificateProfile, type ParsedCertificate, type ProfileExtension, type SigningKey,
} from '#pki';
import { openssl, opensslFolder, type OpensslFolder } from './openssl.js';
import { perSecond, report, timed } from './report.js';

const TARGETS = 500;
const ROUNDS = 5;
const DAY_MS = 86_400_000;

interface Chains {
  readonly root: Buffer;
  readonly intermediate: Buffer;
  readonly targets: readonly Buffer[];
}

interface Keys {
  readonly root: SigningKey;
  readonly intermediate: SigningKey;
  readonly target: SigningKey;
}

const profile = (id: string, extensions: readonly ProfileExtension[]): CertificateProfile => ({
  id, version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 }, validity: {}, extensions,
  subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: 'Bench' }, { type: 'CN', value: `${id} {name}` }],
});
const identifiers: readonly ProfileExtension[] = [
  { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } }, { critical: false, value: { kind: 'subjectKeyIdentifier' } },
];
const authority = profile('authority', [
  { critical: true, value: { kind: 'basicConstraints', ca: true } }, { critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] } }, ...identifiers,
]);
const holder = profile('holder', [{ critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } }, ...identifiers]);

/** Chains of three certificates with RSA 2048 that nobody has seen, 500 targets below one intermediate authority: both answer for the same ones. */
export async function benchPaths(): Promise<void> {
  const folder = opensslFolder();
  const [root, intermediate, target] = await Promise.all([1, 2, 3].map(async (n) => signingKeyOf(`bench-${n}`, await generateRsaKey(2048))));
  if (root === undefined || intermediate === undefined || target === undefined) throw new Error('no keys');
  const rates = { first: [] as number[], again: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const chains = await newChains({ root, intermediate, target }, round);
    const first = await timed(() => validateAll(chains));
    const again = await timed(() => validateAll(chains));
    const theirs = await verifyAll(folder, chains);
    if (round === 0) continue; // the first round warms the compiler
    rates.first.push(perSecond(TARGETS, first));
    rates.again.push(perSecond(TARGETS, again));
    rates.bare.push(perSecond(TARGETS, theirs));
  }
  const notes = `${TARGETS} targets a round, read from DER; bare: one process of openssl verify for all of them, less what it takes with one`;
  report({ name: 'paths: first answer for certificates that are new', unit: 'paths/s', ours: rates.first, bare: rates.bare, goal: 0.3, notes });
  report({ name: 'paths: the same certificates again', unit: 'paths/s', ours: rates.again, bare: rates.bare, goal: 0.3, notes });
  folder.remove();
}

async function newChains(keys: Keys, round: number): Promise<Chains> {
  const notBefore = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS);
  const notAfter = new Date(notBefore.getTime() + 365 * DAY_MS);
  let serial = BigInt(1 + round * 1_000_000);
  const issue = async (of: CertificateProfile, issuer: CertificateIssuer | 'self', key: SigningKey, by: SigningKey): Promise<ParsedCertificate> => {
    serial += 1n;
    const content = { profile: of, parameters: { name: String(serial) }, serial, issuer, notBefore, notAfter, spki: key.publicKeySpki };
    return parseCertificate(await signCertificate(buildTbsCertificate(content), by));
  };
  const root = await issue(authority, 'self', keys.root, keys.root);
  const intermediate = await issue(authority, issuerOf(root), keys.intermediate, keys.root);
  const targets: Buffer[] = [];
  for (let n = 0; n < TARGETS; n += 1) targets.push((await issue(holder, issuerOf(intermediate), keys.target, keys.intermediate)).der);
  return { root: root.der, intermediate: intermediate.der, targets };
}

async function validateAll({ root, intermediate, targets }: Chains): Promise<void> {
  const [anchors, intermediates, at] = [[parseCertificate(root)], [parseCertificate(intermediate)], new Date()];
  for (const target of targets) {
    const result = validatePath({ target: parseCertificate(target), anchors, intermediates, crls: [], at });
    if (!result.valid) throw new Error(`a path is refused: ${result.reason}`);
  }
  return Promise.resolve();
}

/** Milliseconds for all targets but one. */
async function verifyAll(folder: OpensslFolder, { root, intermediate, targets }: Chains): Promise<number> {
  const write = (name: string, der: Buffer): void => writeFileSync(join(folder.path, name), pemEncode('CERTIFICATE', der));
  write('root.pem', root);
  write('authority.pem', intermediate);
  const names = targets.map((_, index) => `${index}.pem`);
  for (const [index, target] of targets.entries()) write(`${index}.pem`, target);
  const verify = (files: readonly string[]): Promise<number> => timed(async () => {
    const told = await openssl(folder, 'verify', '-CAfile', 'root.pem', '-untrusted', 'authority.pem', ...files);
    if (told.match(/: OK$/gm)?.length !== files.length) throw new Error('openssl refuses a path');
  });
  const one = await verify(names.slice(0, 1));
  return Math.max(1, (await verify(names)) - one);
}
