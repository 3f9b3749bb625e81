import { addDays, localDateInJapan, startOfDayInJapan } from '#kernel';
import { daily, route, type ContextParts, type Platform } from '#platform';
import type { Generations } from '../authority/generations.js';
import type { RevocationListStore } from '../revocation-list/revocation-list.store.js';
import { AcceptBatch } from './accept-batch.js';
import { CertifyListSigner } from './certify-list-signer.js';
import { CompareLists } from './compare-lists.js';
import { CutOver } from './cut-over.js';
import { dropRecordsDaily, DropRecords } from './drop-records.js';
import { ExtractBatch } from './extract-batch.js';
import { GetListSigners } from './get-list-signers.js';
import { IssuePrefecturalLists, prefecturalListsDaily } from './issue-lists.js';
import { SignerStore } from './list-signer.store.js';
import { LoadBatch } from './load-batch.js';
import { RecordStore } from './migrated-record.store.js';
import { BatchStore } from './migration-batch.store.js';
import { PlanBatch } from './plan-batch.js';
import { PrefecturalLists } from './prefectural-lists.js';
import { GetBatch, GetStatement, ListBatches, ListBatchFaults } from './read-batches.js';
import { onMunicipalityChanged, RegisterCodeChanges } from './register-code-change.js';
import { GetRecord, RevokeRecord } from './revoke-record.js';
import { UploadFile } from './upload-file.js';
import { UploadLastList } from './upload-last-list.js';

export interface MigrationParts {
  readonly generations: Generations;
  readonly lists: RevocationListStore;
}

/** The records of the prefectures' authorities: their migration, and their lists and revocations afterwards (JPKI-3.12, 4.12). */
export function migrationParts({ cipher }: Platform, { generations, lists }: MigrationParts): Partial<ContextParts> {
  const { authorities } = generations;
  const [batches, records, signers] = [new BatchStore(cipher), new RecordStore(cipher), new SignerStore()];
  const issuer = new PrefecturalLists({ batches, records, signers, lists, authorities });
  return {
    http: [
      route('POST', '/migration-batches', new PlanBatch(batches, authorities), { status: 201 }),
      route('GET', '/migration-batches', new ListBatches(batches)),
      route('GET', '/migration-batches/:batchId', new GetBatch(batches)),
      route('POST', '/migration-batches/:batchId/file', new UploadFile(batches), { upload: ['application/gzip', 'application/x-ndjson'] }),
      route('POST', '/migration-batches/:batchId/last-list', new UploadLastList(batches, records, authorities), { upload: ['application/pkix-crl'] }),
      route('POST', '/migration-batches/:batchId/extraction', new ExtractBatch(batches), { status: 202 }),
      route('GET', '/migration-batches/:batchId/faults', new ListBatchFaults(batches)),
      route('GET', '/migration-batches/:batchId/statement', new GetStatement(batches), { binary: ['application/json'] }),
      route('POST', '/migration-batches/:batchId/acceptance', new AcceptBatch(batches)),
      route('POST', '/migration-batches/:batchId/double-run', new CompareLists(batches, records, authorities), { upload: ['application/pkix-crl'] }),
      route('POST', '/migration-batches/:batchId/list-signer', new CertifyListSigner({ batches, signers, authorities })),
      route('POST', '/migration-batches/:batchId/cut-over', new CutOver(batches, issuer, generations)),
      route('POST', '/municipality-code-changes', new RegisterCodeChanges(batches), { status: 201 }),
      route('GET', '/prefectural-certificates/:prefecture/:serial', new GetRecord(batches, records)),
      route('POST', '/prefectural-certificates/:prefecture/:serial/revocations', new RevokeRecord(batches, records), { status: 201 }),
      route('GET', '/list-signers/:prefecture', new GetListSigners(signers)),
    ],
    subscriptions: [onMunicipalityChanged(batches)],
    jobs: [new LoadBatch(batches, records, authorities), new IssuePrefecturalLists(batches, signers, issuer), new DropRecords(records)],
    schedules: [
      prefecturalListsDaily,
      // Lines of uploads that broke off before yesterday, which no job will ever take.
      daily('migration.drop-broken-uploads', async (ctx) => void (await batches.dropOrphans(ctx.db, startOfDayInJapan(addDays(localDateInJapan(ctx.now), -1))))),
      dropRecordsDaily,
    ],
  };
}
