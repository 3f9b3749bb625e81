import { route, type ContextParts, type Platform } from '#platform';
import { AskDestruction, DestroyKey, ReadKeyCertificate } from './destroy-key.js';
import { ActivateKey, AttendCeremony, PlanCeremony, RecordCeremony } from './hold-ceremony.js';
import type { KeyCustody } from './key-custody.js';
import { ListCeremonies, ReadCeremony, ReadCustodyState } from './read-custody.js';
import { KeyShareStore } from './key-share.store.js';
import { remindRotation } from './remind-rotation.js';
import { DepositCertificate, GiveShare, ReadShare } from './share-key.js';

/** The key of the generator (NUM-3.7, NUM-4.9). */
export function custodyParts({ cipher, database, clock }: Platform, custody: KeyCustody): Partial<ContextParts> {
  const shares = new KeyShareStore(cipher);
  return {
    http: [
      route('POST', '/key-ceremonies', new PlanCeremony(custody), { status: 201 }),
      route('GET', '/key-ceremonies', new ListCeremonies(custody)),
      route('GET', '/key-ceremonies/:ceremonyId', new ReadCeremony(custody)),
      route('POST', '/key-ceremonies/:ceremonyId/attendances', new AttendCeremony(custody)),
      route('POST', '/key-ceremonies/:ceremonyId/minutes', new RecordCeremony(custody)),
      route('POST', '/key-ceremonies/:ceremonyId/activation', new ActivateKey(custody)),
      route('POST', '/key-ceremonies/:ceremonyId/destruction', new AskDestruction(custody)),
      route('POST', '/key-ceremonies/:ceremonyId/destruction/confirmation', new DestroyKey(custody, shares)),
      route('POST', '/key-ceremonies/:ceremonyId/share-certificates', new DepositCertificate(custody, shares)),
      route('GET', '/key-ceremonies/:ceremonyId/share', new ReadShare(shares)),
      route('POST', '/key-ceremonies/:ceremonyId/restoration/shares', new GiveShare(custody, shares)),
      route('GET', '/key-ceremonies/:ceremonyId/certificate', new ReadKeyCertificate(custody), { binary: ['application/json'], tagged: true }),
    ],
    grpc: { 'KeyCustody.State': new ReadCustodyState(custody) },
    schedules: [remindRotation(custody.parts.ceremonies)],
    prepare: () => custody.prepare(database, clock),
  };
}
