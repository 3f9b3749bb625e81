import { route, type ContextParts, type Platform } from '#platform';
import { BatchStore } from '../batch/batch.store.js';
import { SubmitBatch } from '../batch/submit-batch.js';
import { ExchangeCertificateStore } from '../exchange/exchange-certificate.store.js';
import { ExchangeKeys } from '../exchange/exchange-key.js';
import { KeyRotationStore } from '../exchange/key-rotation.store.js';
import { ListExchangeCertificates } from '../exchange/list-certificates.js';
import { destroyFormerKeys, ProposeKeyRotation, StepKeyRotation } from '../exchange/rotate-key.js';
import { InitialMatchStore } from '../initial-match/initial-match.store.js';
import { MatchCaseStore } from '../initial-match/match-case.store.js';
import { ReadMatchResult } from '../initial-match/read-match-result.js';
import { ReceiveInitialMatch } from '../initial-match/receive-initial-match.js';
import type { Provision } from '../inquiry/provision.js';
import { StatisticsStore } from '../statistics/statistics.store.js';
import { BoxContent } from './box-content.js';
import { ConfirmFile } from './confirm-file.js';
import { DropFile } from './drop-file.js';
import { FetchFile } from './fetch-file.js';
import { listBox, listDropped, ListUnresolved } from './follow-box.js';
import { InFileStore } from './in-file.store.js';
import { OutFileStore } from './out-file.store.js';
import { collectMatches, pickUpFiles } from './pick-up-files.js';
import { purgeBoxes } from './purge-boxes.js';
import { ResendLines } from './resend-lines.js';
import { watchAcknowledgements, watchReceipts } from './watch-receipts.js';
import { WorkOnDroppedFile } from './work-on-file.js';

/** The automatic exchange of files with organisations, and the change of its key (JUKI-5.3). */
export function exchangeBoxParts({ cipher, clock }: Platform, { grants }: Provision): Partial<ContextParts> {
  const exchange = { keys: new ExchangeKeys(cipher, clock), certificates: new ExchangeCertificateStore() };
  const [inFiles, outFiles, batches, matches, rotations] = [new InFileStore(), new OutFileStore(), new BatchStore(cipher), new InitialMatchStore(cipher), new KeyRotationStore()];
  const results = new ReadMatchResult(matches, new MatchCaseStore(cipher), grants);
  const content = new BoxContent({ inFiles, batches, results, extracts: new StatisticsStore() });
  return {
    http: [
      route('POST', '/exchange-box/dropped-files', new DropFile(inFiles, exchange.certificates), { status: 202, upload: ['application/pkcs7-mime'] }),
      route('GET', '/exchange-box/dropped-files', listDropped(inFiles)),
      route('GET', '/exchange-box/files', listBox(outFiles)),
      route('GET', '/exchange-box/files/:fileId', new FetchFile({ ...exchange, outFiles, batches, content }), { binary: ['application/pkcs7-mime'] }),
      route('POST', '/exchange-box/files/:fileId/receipt', new ConfirmFile(outFiles, batches)),
      route('POST', '/exchange-box/files/:fileId/resend', new ResendLines(outFiles, batches, content), { status: 201 }),
      route('GET', '/exchange-box/unresolved', new ListUnresolved(outFiles, inFiles)),
      route('GET', '/exchange-certificates', new ListExchangeCertificates(exchange.keys, exchange.certificates)),
      route('POST', '/exchange-key-rotations', new ProposeKeyRotation(rotations), { status: 201 }),
      route('POST', '/exchange-key-rotations/:rotationId/effect', new StepKeyRotation(rotations, exchange.keys, 'EFFECT')),
      route('POST', '/exchange-key-rotations/:rotationId/withdrawal', new StepKeyRotation(rotations, exchange.keys, 'WITHDRAW')),
    ],
    jobs: [new WorkOnDroppedFile({ ...exchange, inFiles, batches: new SubmitBatch({ ...exchange, grants, batches }), matches: new ReceiveInitialMatch(matches), results })],
    schedules: [pickUpFiles(inFiles), collectMatches(inFiles), watchReceipts(outFiles), watchAcknowledgements(inFiles), purgeBoxes(outFiles), destroyFormerKeys(exchange.keys)],
  };
}
