import { join } from 'node:path';
import { bridgeCaEvents, bridgeCaProto } from '#contracts/bridge-ca';
import { FileKeyStore, Pkcs11KeyStore } from '#pki';
import { deriveKey, joinParts, route, type ContextModule, type ContextParts, type Platform } from '#platform';
import { Authorities } from './authority/authorities.js';
import { organisationFor } from './authority/authority.js';
import { authorityParts } from './authority/authority.parts.js';
import { AuthorityStore } from './authority/authority.store.js';
import { Generations } from './authority/generations.js';
import { committeeReportParts } from './committee-report/committee-report.parts.js';
import { crossCertificationParts } from './cross-certification/cross-certification.parts.js';
import { CrossStore } from './cross-certification/cross-certification.store.js';
import { CrossDesk } from './cross-certification/cross-desk.js';
import { endingParts } from './cross-certification/end-generation.parts.js';
import { RecordStore } from './migration-batch/migrated-record.store.js';
import { migrationParts } from './migration-batch/migration.parts.js';
import { ValidatePath } from './path-validation/validate-path.js';
import { platformItemParts } from './platform-item/platform-item.parts.js';
import { policy } from './policy.js';
import { policyDocumentParts } from './policy-document/policy-document.parts.js';
import { Provision } from './repository/provision.js';
import { repositoryParts } from './repository/repository.parts.js';
import { RepositoryReader } from './repository/repository-reader.js';
import { IssueLists, listSchedules } from './revocation-list/issue-lists.js';
import { RevocationListStore } from './revocation-list/revocation-list.store.js';

/** 個人認証ブリッジ認証局 and 都道府県認証局: the bridge and the prefectures' authorities that the agency runs as designated body. */
export const bridgeCaModule: ContextModule = {
  name: 'bridge-ca',
  title: 'Bridge and prefectural certification authorities (JPKI)',
  migrations: new URL('./migrations/', import.meta.url),
  proto: bridgeCaProto,
  events: bridgeCaEvents,
  policy,
  build: (platform) => {
    const { authorities, crosses, generations, lists } = assemble(platform);
    const desk = new CrossDesk(crosses, lists);
    const records = new RecordStore(platform.cipher);
    const provision = new Provision(platform.peers);
    const repository = new RepositoryReader({ authorities: authorities.parts.store, crosses, lists });
    const validate = new ValidatePath(repository, lists, provision);
    const own = {
      http: [route('POST', '/path-validations', validate)],
      grpc: { 'BridgeCa.ValidatePath': validate },
      jobs: [new IssueLists(lists, authorities)],
      schedules: [...listSchedules],
    } satisfies Partial<ContextParts>;
    return joinParts(
      authorityParts(generations), crossCertificationParts(generations, desk),
      endingParts({ generations, lists, lastEnds: [(db, id, generation) => crosses.lastEnd(db, id, generation), (db, id) => records.lastEnd(db, id)] }, desk), repositoryParts(repository, lists, provision), own,
      migrationParts(platform, { generations, lists }), policyDocumentParts(platform), platformItemParts(), committeeReportParts(platform),
    );
  },
};

function assemble({ config, database, clock, masterKey }: Platform) {
  const keys = config.pkcs11 === undefined ? new FileKeyStore(join(config.keys, 'bridge-ca'), deriveKey(masterKey, 'pki-kek')) : new Pkcs11KeyStore(config.pkcs11);
  const authorities = new Authorities({ database, clock, keys, store: new AuthorityStore(), organisation: organisationFor(config.environment), timeServers: config.timeServers });
  return { authorities, crosses: new CrossStore(), generations: new Generations(authorities), lists: new RevocationListStore() };
}
