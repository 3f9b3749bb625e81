import { cardCollected } from '#contracts/card-issuance';
import { numberingEvents, numberingProto } from '#contracts/numbering';
import { deriveKey, route, type ContextModule, type ContextParts, type FieldCipher, type HttpRoute } from '#platform';
import { AssignmentMoveStore } from './assignment/assignment-move.store.js';
import { AssignmentStore } from './assignment/assignment.store.js';
import { designateTentative } from './assignment/designate-tentative.js';
import { ReadAssignment } from './assignment/read-assignment.js';
import { RequestNumber } from './assignment/request-number.js';
import { WithdrawCandidate } from './assignment/withdraw-candidate.js';
import { BatchStore } from './batch/batch.store.js';
import { ConfirmReceipt } from './batch/confirm-receipt.js';
import { NumberBatch } from './batch/number-batch.js';
import { OpenBatch } from './batch/open-batch.js';
import { ReadBatch } from './batch/read-batch.js';
import { ReadResult } from './batch/read-result.js';
import { SealBatch } from './batch/seal-batch.js';
import { UploadLines } from './batch/upload-lines.js';
import { ChangeCaseStore } from './change-case/change-case.store.js';
import { NumberChange } from './change-case/change-number.js';
import { FileChangeCase } from './change-case/file-case.js';
import { DecideCase, ExamineCase, FinishCase, ReadChangeCase } from './change-case/step-case.js';
import { drawWith, type Draw } from './construction/draw.js';
import { CheckDeliveryTargets } from './delivery-target/check-delivery-targets.js';
import { DeliveryTargetStore } from './delivery-target/delivery-target.store.js';
import { dropBrokenUploads } from './delivery-target/drop-broken-uploads.js';
import { ListDeliveryTargets } from './delivery-target/list-delivery-targets.js';
import { ListTargetFaults } from './delivery-target/list-faults.js';
import { ReadDeliveryTargetSet } from './delivery-target/read-set.js';
import { SubmitDeliveryTargets } from './delivery-target/submit-delivery-targets.js';
import { CompareDifference, repeatDifferenceRuns } from './difference-run/compare-difference.js';
import { DifferenceRunStore } from './difference-run/difference-run.store.js';
import { ReadDifferenceRun, SubmitDifference } from './difference-run/submit-difference.js';
import { DisputeStore } from './dispute/dispute.store.js';
import { ConfirmDispute, ProposeDispute, ProposeResolution, ResolveDispute, type DisputeParts } from './dispute/settle-dispute.js';
import { LinkByPersons } from './link/link-by-persons.js';
import { LinkReads } from './link/link-reads.js';
import { LinkStore } from './link/link.store.js';
import { ListBatchLinks } from './link/list-batch-links.js';
import { LinkByCode, LinkByNumber, StatusByNumber } from './link/look-up-link.js';
import { ReleaseLinkReads } from './link/release-link-reads.js';
import { onCardCollected } from './on/on-card-collected.js';
import { onResidentChanges } from './on/on-resident-changes.js';
import { policy } from './policy.js';
import { LinkTicket, ResolveTicket } from './readiness/link-ticket.js';
import { ListReadiness, ReadReadiness } from './readiness/list-readiness.js';
import { ReadinessStore } from './readiness/readiness.store.js';
import { ScheduleReadiness, SetMilestone } from './readiness/set-milestone.js';
import { ResidentRegister } from './register/resident-register.js';
import { FollowCodes } from './standing/follow-codes.js';
import { settleStandings } from './standing/follow-register.js';
import { StandingStore } from './standing/standing.store.js';
import { CheckUniqueness } from './uniqueness/check-uniqueness.js';
import { ValidateCheckDigit } from './verification/validate-check-digit.js';
import { VerificationCountStore } from './verification/verification-count.store.js';
import { VerifyNumber } from './verification/verify-number.js';
import { ListWaves } from './wave/list-waves.js';
import { PlanWave } from './wave/plan-wave.js';
import { ReconcileDay } from './wave/reconcile-day.js';
import { ReadCertificate, SignOffWave } from './wave/sign-off-wave.js';
import { HaltWave, OpenWave, ReconcileWave, ResumeWave } from './wave/step-wave.js';
import { WaveGate } from './wave/wave-gate.js';
import { WaveStore } from './wave/wave.store.js';

const CSV = { upload: ['text/csv'] };

/** The context with its generator; `generator` makes the draw from the key K of the key store. */
export function numberingWith(generator: (key: Buffer) => Draw): ContextModule {
  return {
    name: 'numbering',
    title: '個人番号付番システム',
    migrations: new URL('./migrations/', import.meta.url),
    proto: numberingProto,
    events: numberingEvents,
    policy,
    build: ({ cipher, masterKey, peers }) => {
      const assignments = new AssignmentStore(cipher);
      const batches = new BatchStore();
      const targets = new DeliveryTargetStore(cipher);
      const waves = new WaveStore();
      const gate = new WaveGate(waves);
      const runs = new DifferenceRunStore(assignments);
      const comparison = new CompareDifference(runs, batches, waves);
      const register = new ResidentRegister(peers);
      const draw = generator(deriveKey(masterKey, 'numbering:K'));
      const stewardship = stewardshipOf({ cipher, assignments, register, draw });
      return {
        http: [
          ...stewardship.http,
          route('POST', '/batches', new OpenBatch(batches, gate), { status: 201 }),
          route('GET', '/batches/:batchId', new ReadBatch(batches)),
          route('PUT', '/batches/:batchId/lines', new UploadLines(batches, assignments), CSV),
          route('POST', '/batches/:batchId/seal', new SealBatch(batches, gate), { status: 202 }),
          route('GET', '/batches/:batchId/result', new ReadResult(batches, assignments), { binary: ['text/csv'] }),
          route('POST', '/batches/:batchId/receipt', new ConfirmReceipt(batches)),
          route('POST', '/delivery-target-sets', new SubmitDeliveryTargets(targets), { ...CSV, status: 202 }),
          route('GET', '/delivery-target-sets/:setId', new ReadDeliveryTargetSet(targets)),
          route('GET', '/delivery-target-sets/:setId/faults', new ListTargetFaults(targets)),
          route('GET', '/uniqueness', new CheckUniqueness()),
          ...waveRoutes(waves),
          ...readinessRoutes(new ReadinessStore()),
          route('POST', '/difference-runs', new SubmitDifference(runs, waves, comparison), { ...CSV, status: 202 }),
          route('GET', '/difference-runs/:runId', new ReadDifferenceRun(runs)),
        ],
        grpc: {
          ...stewardship.grpc,
          'Numbering.ListBatchLinks': new ListBatchLinks(batches, assignments),
          'Numbering.ListDeliveryTargets': new ListDeliveryTargets(targets),
        },
        subscriptions: stewardship.subscriptions,
        jobs: [...stewardship.jobs, new NumberBatch(batches, assignments, gate, { register, draw }), comparison, new CheckDeliveryTargets(targets, assignments, register)],
        schedules: [...stewardship.schedules, designateTentative, dropBrokenUploads(targets), repeatDifferenceRuns(runs)],
      };
    },
  };
}

interface StewardshipParts {
  readonly cipher: FieldCipher;
  readonly assignments: AssignmentStore;
  readonly register: ResidentRegister;
  readonly draw: Draw;
}

/** Single numbers and what becomes of them: their states, changes, disputes, look-ups. */
function stewardshipOf({ cipher, assignments, register, draw }: StewardshipParts): Omit<ContextParts, 'prepare'> {
  const moves = new AssignmentMoveStore();
  const links = new LinkStore(cipher, assignments);
  const reads = new LinkReads();
  const cases = new ChangeCaseStore(cipher);
  const standing = { standings: new StandingStore(), moves };
  return {
    http: [
      route('POST', '/requests', new RequestNumber(assignments, register, draw, new NumberChange(cases, moves, assignments, draw)), { status: 201 }),
      route('GET', '/assignments/:assignmentId', new ReadAssignment(moves)),
      route('POST', '/assignments/:assignmentId/withdrawal', new WithdrawCandidate(moves)),
      ...changeCaseRoutes(cases, new FileChangeCase(cases, links, register)),
      ...disputeRoutes({ disputes: new DisputeStore(), ...standing }),
      route('POST', '/verifications', new VerifyNumber(new VerificationCountStore(), links, register)),
      route('POST', '/link-read-releases', new ReleaseLinkReads(reads)),
    ],
    grpc: {
      'CheckDigit.Validate': new ValidateCheckDigit(),
      'Numbering.LinkByCode': new LinkByCode({ links, reads }),
      'Numbering.LinkByNumber': new LinkByNumber({ links, reads }),
      'Numbering.LinkByPersons': new LinkByPersons(assignments, reads),
      'Numbering.StatusByNumber': new StatusByNumber({ links, reads }),
    },
    subscriptions: [
      { name: 'residents', from: 'juki-net', filter: 'kiban.juki-net.resident.>', purpose: 'NUMBER_DESIGNATION', handlers: onResidentChanges(standing) },
      { name: 'cards', from: 'card-issuance', filter: cardCollected.subject, handlers: [onCardCollected(cases)] },
    ],
    jobs: [new FollowCodes({ ...standing, links, register })],
    schedules: [settleStandings(standing)],
  };
}

/** Another number after a leak (NUM-3.3). */
function changeCaseRoutes(cases: ChangeCaseStore, filing: FileChangeCase): HttpRoute[] {
  return [
    route('POST', '/change-cases', filing, { status: 201 }),
    route('GET', '/change-cases/:caseId', new ReadChangeCase(cases)),
    route('POST', '/change-cases/:caseId/evidence', new ExamineCase(cases)),
    route('POST', '/change-cases/:caseId/decision', new DecideCase(cases)),
    route('POST', '/change-cases/:caseId/consequences', new FinishCase(cases, 'SETTLE')),
    route('POST', '/change-cases/:caseId/closure', new FinishCase(cases, 'CLOSE')),
  ];
}

/** Two persons under one number, or one with two (NUM-4.8). */
function disputeRoutes(parts: DisputeParts): HttpRoute[] {
  return [
    route('POST', '/disputes', new ProposeDispute(parts.disputes), { status: 201 }),
    route('POST', '/disputes/:disputeId/confirmation', new ConfirmDispute(parts)),
    route('POST', '/disputes/:disputeId/resolution', new ProposeResolution(parts)),
    route('POST', '/disputes/:disputeId/resolution/confirmation', new ResolveDispute(parts)),
  ];
}

/** The plan of the mass numbering (NUM-4.7). */
function waveRoutes(waves: WaveStore): HttpRoute[] {
  return [
    route('POST', '/waves', new PlanWave(waves), { status: 201 }),
    route('GET', '/waves', new ListWaves(waves)),
    route('POST', '/waves/:waveId/opening', new OpenWave(waves)),
    route('POST', '/waves/:waveId/reconciliation', new ReconcileWave(waves)),
    route('PUT', '/waves/:waveId/halt', new HaltWave(waves)),
    route('POST', '/waves/:waveId/resumption', new ResumeWave(waves)),
    route('POST', '/waves/:waveId/sign-offs', new SignOffWave(waves), { status: 201 }),
    route('GET', '/waves/:waveId/sign-offs/:municipalityCode', new ReadCertificate(waves), { binary: ['application/json'] }),
    route('GET', '/reconciliations/:day', new ReconcileDay(), { binary: ['text/csv'] }),
  ];
}

/** The board of municipalities (NUM-3.6). */
function readinessRoutes(readiness: ReadinessStore): HttpRoute[] {
  return [
    route('PUT', '/readiness', new ScheduleReadiness(readiness)),
    route('GET', '/readiness', new ListReadiness(readiness)),
    route('GET', '/readiness/:municipalityCode', new ReadReadiness(readiness)),
    route('PUT', '/readiness/:municipalityCode/:milestone', new SetMilestone(readiness)),
    route('PUT', '/ticket-links/:ticketId', new LinkTicket(readiness)),
    route('POST', '/ticket-links/:ticketId/resolution', new ResolveTicket(readiness)),
  ];
}

export const numberingModule = numberingWith(drawWith);
