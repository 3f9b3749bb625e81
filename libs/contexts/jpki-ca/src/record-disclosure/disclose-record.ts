import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { isSameOfficer } from '#kernel';
import { found, officerOf, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { serialFromHex } from '../ca/ca.js';
import { namedOfficer } from '../ca/named-officer.js';
import { answerOf, certificateAddress, certificateAnswer, reference, type CertificateDesk } from '../certificate/certificate-answer.js';
import { mayRead } from './record-disclosure.js';
import { issuanceRecord, type DisclosureStore } from './record-disclosure.store.js';

const view = z.object({ disclosureId: z.uuid(), state: z.enum(['ASKED', 'CONFIRMED']) });
const missing = refusals(platformProblems, 'NOT_FOUND');

const askSpec = useCase({
  action: 'jpki-ca.issuance-record.ask-disclosure', kind: 'command', summary: 'A named officer asks for the record of a certificate, which its holder wishes to see, under a case and with the holder\'s identity checked',
  input: z.strictObject({ ...certificateAddress, caseNo: reference, identityRef: reference.describe('how the holder was identified') }), output: view,
  refusals: [...refusals(jpkiCaProblems, 'OPERATOR_NOT_ASSERTED'), ...missing],
});

/** JPKI-5: the statutory disclosure (開示) begins with one officer. */
export class AskDisclosure implements UseCase<typeof askSpec> {
  readonly spec = askSpec;

  constructor(
    private readonly desk: CertificateDesk,
    private readonly disclosures: DisclosureStore,
  ) {}

  async execute(ctx: Ctx, { ca, serial, caseNo, identityRef }: InputOf<typeof askSpec>): Promise<OutputOf<typeof askSpec>> {
    namedOfficer(ctx);
    const row = await this.desk.find(ctx, ca, serial);
    const id = uuidv7();
    await this.disclosures.insert(ctx.db, { id, ca, serial: row.serial, caseNo, askedBy: officerOf(ctx) }, identityRef, ctx.now);
    ctx.audit({ object: `record-disclosure:${id}`, subjects: [row.person_key], facts: { to: 'ASKED', caseNo } });
    return { disclosureId: id, state: 'ASKED' };
  }
}

const confirmSpec = useCase({
  action: 'jpki-ca.issuance-record.confirm-disclosure', kind: 'command', summary: 'Another officer confirms; for a day from then on the record can be read',
  input: z.strictObject({ ...certificateAddress, disclosureId: z.uuid() }), output: view,
  refusals: [...refusals(jpkiCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'), ...missing],
});

export class ConfirmDisclosure implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;

  constructor(private readonly disclosures: DisclosureStore) {}

  async execute(ctx: Ctx, { ca, serial, disclosureId }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    namedOfficer(ctx);
    const row = found(await this.disclosures.lock(ctx.db, disclosureId));
    if (row.ca !== ca || row.serial !== serialFromHex(serial)) throw platformProblems.refuse('NOT_FOUND');
    if (row.confirmedAt !== null) throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: 'CONFIRMED' } });
    if (isSameOfficer(row.askedBy, officerOf(ctx))) throw jpkiCaProblems.refuse('SAME_OFFICER');
    await this.disclosures.confirm(ctx.db, disclosureId, officerOf(ctx), ctx.now);
    ctx.audit({ object: `record-disclosure:${disclosureId}`, facts: { to: 'CONFIRMED', caseNo: row.caseNo } });
    return { disclosureId, state: 'CONFIRMED' };
  }
}

const readSpec = useCase({
  action: 'jpki-ca.issuance-record.read', kind: 'question', summary: 'The statutory record of a certificate, under a disclosure that two officers decided on a day ago at most',
  input: z.strictObject(certificateAddress), output: z.object({ caseNo: z.string(), certificate: certificateAnswer, record: issuanceRecord.describe('with the characters as in the register') }),
  refusals: [...refusals(jpkiCaProblems, 'DISCLOSURE_MISSING'), ...missing],
});

/** JPKI-7: not without a case that two have looked at; each refusal and each reading is a line of the audit trail. */
export class ReadIssuanceRecord implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  constructor(
    private readonly desk: CertificateDesk,
    private readonly disclosures: DisclosureStore,
  ) {}

  async execute(ctx: Ctx, { ca, serial }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const row = await this.desk.find(ctx, ca, serial);
    const disclosure = await this.disclosures.newest(ctx.db, ca, row.serial);
    if (disclosure === undefined || !mayRead(disclosure, ctx.now)) throw jpkiCaProblems.refuse('DISCLOSURE_MISSING');
    const record = found(await this.disclosures.record(ctx.db, ca, row.serial));
    ctx.audit({ object: `issuance-record:${ca}:${serial}`, subjects: [row.person_key], facts: { caseNo: disclosure.caseNo } });
    return { caseNo: disclosure.caseNo, certificate: answerOf(ctx, row), record };
  }
}
