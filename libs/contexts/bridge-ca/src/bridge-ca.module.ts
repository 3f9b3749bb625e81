import { join } from 'node:path';
import { bridgeCaEvents, bridgeCaProto } from '#contracts/bridge-ca';
import { FileKeyStore, Pkcs11KeyStore } from '#pki';
import { deriveKey, joinParts, type ContextModule, type Platform } from '#platform';
import { Authorities } from './authority/authorities.js';
import { organisationFor } from './authority/authority.js';
import { authorityParts } from './authority/authority.parts.js';
import { AuthorityStore } from './authority/authority.store.js';
import { CertificateSigner } from './authority/certificate-signer.js';
import { Generations } from './authority/generations.js';
import { policy } from './policy.js';

/** 個人認証ブリッジ認証局 and 都道府県認証局: the bridge and the prefectures' authorities that the agency runs as designated body. */
export const bridgeCaModule: ContextModule = {
  name: 'bridge-ca',
  title: 'Bridge and prefectural certification authorities (JPKI)',
  migrations: new URL('./migrations/', import.meta.url),
  proto: bridgeCaProto,
  events: bridgeCaEvents,
  policy,
  build: (platform) => {
    const { generations } = assemble(platform);
    return joinParts(authorityParts(generations, async () => undefined));
  },
};

function assemble({ config, database, clock, masterKey }: Platform) {
  const keys = config.pkcs11 === undefined ? new FileKeyStore(join(config.keys, 'bridge-ca'), deriveKey(masterKey, 'pki-kek')) : new Pkcs11KeyStore(config.pkcs11);
  const authorities = new Authorities({ database, clock, keys, store: new AuthorityStore(), organisation: organisationFor(config.environment) });
  const signer = new CertificateSigner();
  return { authorities, signer, generations: new Generations(authorities, signer) };
}
