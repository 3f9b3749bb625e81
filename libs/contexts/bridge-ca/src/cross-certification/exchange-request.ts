import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { PkiError, checkCrossRequest, createCrossRequest, pemDecode, requestFingerprint, type CrossRequestFault } from '#pki';
import { platformProblems, refusals, useCase, type Ctx, type Db, type InputOf, type OutputOf, type UseCase } from '#platform';
import { keyAnswer, type Authorities } from '../authority/authorities.js';
import { authorityId, byAuthority, digest, typedDigest } from '../authority/authority-view.js';
import { anotherOfficer, namedOfficer, type Generations } from '../authority/generations.js';
import { lastActor, mayStep, stateAfter } from './cross-certification.js';
import type { DirectionRow } from './cross-certification.store.js';
import { directionOf, requireState, withDirection, type CrossDesk } from './cross-desk.js';
import { byDirection, crossView, viewOf } from './cross-view.js';

const MOST_TEXT = 16_384;
const steps = [...refusals(bridgeCaProblems, 'AUTHORITY_WITHOUT_KEY', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')];

const writeSpec = useCase({
  action: 'bridge-ca.cross-request.write', kind: 'command', summary: 'Writes the PKCS#10 request of an own authority for its key of now, to be carried to the other one by hand',
  input: byAuthority, output: z.object({ authorityId, generation: z.number().int(), request: z.base64(), sha256: z.string().describe('to be read out by the second channel') }),
  refusals: [...refusals(bridgeCaProblems, 'AUTHORITY_WITHOUT_KEY', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND', 'UNAVAILABLE')],
});

/** JPKI 3.10: only the authority's own key, no Japanese text; repeated it gives the same octets. */
export class WriteCrossRequest implements UseCase<typeof writeSpec> {
  readonly spec = writeSpec;

  constructor(private readonly generations: Generations) {}

  async execute(ctx: Ctx, { authorityId: id }: InputOf<typeof writeSpec>): Promise<OutputOf<typeof writeSpec>> {
    namedOfficer(ctx);
    const { key, certificate, generation } = await this.generations.established(ctx, id);
    const request = await keyAnswer(() => createCrossRequest(key, certificate.subjectDer));
    const sha256 = requestFingerprint(request).toString('hex');
    ctx.audit({ object: `authority:${id}:${generation}`, facts: { requestSha256: sha256 } });
    return { authorityId: id, generation, request: request.toString('base64'), sha256 };
  }
}

/** DER of what came as DER or PEM; octets that are neither stay what they are, and the check says so. */
function octetsOf(base64: string): Buffer {
  const octets = Buffer.from(base64, 'base64');
  try {
    return pemDecode(octets.toString('latin1'), ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
  } catch (error) {
    if (error instanceof PkiError) return octets;
    throw error;
  }
}

/** The faults of a request when it is held against the key with which its authority issues now. */
export async function requestFaults(db: Db, authorities: Authorities, { subject }: DirectionRow, request: Buffer): Promise<CrossRequestFault[]> {
  const active = await authorities.parts.store.active(db, subject);
  if (active === undefined || active.reportedBy !== null) throw bridgeCaProblems.refuse('AUTHORITY_WITHOUT_KEY', { facts: { authority: subject } });
  return checkCrossRequest(request, { authority: authorities.certificateOf(active), fingerprint: requestFingerprint(request) });
}

const receiveSpec = useCase({
  action: 'bridge-ca.cross-certification.receive-request', kind: 'command',
  summary: 'Takes in the request of the authority that is to be certified; one that breaks the rules of exchange sends everything back to PROPOSED, with the faults',
  input: byDirection.extend({ request: z.base64().max(MOST_TEXT).describe('PKCS#10, DER or PEM') }), output: crossView, refusals: steps,
});

/** JPKI 3.10: POLICY_MAPPED -> REQUEST_EXCHANGED with the second request. */
export class ReceiveRequest implements UseCase<typeof receiveSpec> {
  readonly spec = receiveSpec;

  constructor(
    private readonly authorities: Authorities,
    private readonly desk: CrossDesk,
  ) {}

  async execute(ctx: Ctx, { crossId, direction: name, request: base64 }: InputOf<typeof receiveSpec>): Promise<OutputOf<typeof receiveSpec>> {
    const receivedBy = namedOfficer(ctx);
    const record = await this.desk.take(ctx, crossId);
    const direction = directionOf(record, name);
    requireState(record, mayStep(record.state, direction, 'RECEIVE'));
    const request = octetsOf(base64);
    const faults = await requestFaults(ctx.db, this.authorities, direction, request);
    if (faults.length > 0) return viewOf(await this.desk.giveBack(ctx, record, name, faults));
    const directions = withDirection(record, { ...direction, request, receivedBy });
    return viewOf(await this.desk.save(ctx, record, { directions, faults: [], state: stateAfter('RECEIVE', directions) }, { direction: name }));
  }
}

const confirmSpec = useCase({
  action: 'bridge-ca.cross-certification.confirm-fingerprint', kind: 'command',
  summary: 'Another officer types the digest of the request as the other side read it out by the second channel; one that differs sends everything back to PROPOSED',
  input: byDirection.extend({ fingerprint: digest }), output: crossView, refusals: [...steps, ...refusals(bridgeCaProblems, 'SAME_OFFICER')],
});

/** JPKI 3.10: REQUEST_EXCHANGED -> FINGERPRINT_CONFIRMED with the second digest. */
export class ConfirmFingerprint implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;

  constructor(private readonly desk: CrossDesk) {}

  async execute(ctx: Ctx, { crossId, direction: name, fingerprint }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    const record = await this.desk.take(ctx, crossId);
    const direction = directionOf(record, name);
    requireState(record, mayStep(record.state, direction, 'CONFIRM'));
    const confirmedBy = anotherOfficer(ctx, lastActor('CONFIRM', direction));
    const [typed, known] = [Buffer.from(typedDigest(fingerprint), 'hex'), requestFingerprint(direction.request ?? Buffer.alloc(0))];
    if (typed.length !== known.length || !timingSafeEqual(typed, known)) return viewOf(await this.desk.giveBack(ctx, record, name, ['FINGERPRINT_DIFFERS']));
    const directions = withDirection(record, { ...direction, confirmedBy });
    return viewOf(await this.desk.save(ctx, record, { directions, state: stateAfter('CONFIRM', directions) }, { direction: name }));
  }
}
