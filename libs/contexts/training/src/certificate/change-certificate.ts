import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { REVOCATION_REASONS } from './certificate.js';
import type { CertificateIssuer } from './certificate-issuer.js';
import type { CertificateKeys } from './certificate-keys.js';
import { byNumber, certificateView, certificateViewOf, personName } from './certificate-view.js';

const found = refusals(trainingProblems, 'NOT_IN_STATE', 'UNKNOWN');

const renameSpec = useCase({
  action: 'training.certificate.rename', kind: 'command', summary: 'Issues a certificate again for a holder whose name has changed; the one before it is superseded',
  input: byNumber.extend({ holderName: personName }), output: certificateView, refusals: found,
});

/** TRN-4.9. */
export class RenameHolder implements UseCase<typeof renameSpec> {
  readonly spec = renameSpec;

  constructor(private readonly issuer: CertificateIssuer) {}

  async execute(ctx: Ctx, { no, holderName }: InputOf<typeof renameSpec>): Promise<OutputOf<typeof renameSpec>> {
    return certificateViewOf(await this.issuer.rename(ctx, await this.issuer.permitted(ctx, no, true), holderName));
  }
}

const revokeSpec = useCase({
  action: 'training.certificate.revoke', kind: 'command', summary: 'Revokes a certificate; what was completed is not certified again',
  input: byNumber.extend({ reason: z.enum(REVOCATION_REASONS) }), output: certificateView, refusals: found,
});

/** TRN-3.5. */
export class RevokeCertificate implements UseCase<typeof revokeSpec> {
  readonly spec = revokeSpec;

  constructor(private readonly issuer: CertificateIssuer) {}

  async execute(ctx: Ctx, { no, reason }: InputOf<typeof revokeSpec>): Promise<OutputOf<typeof revokeSpec>> {
    return certificateViewOf(await this.issuer.revoke(ctx, await this.issuer.permitted(ctx, no, true), reason));
  }
}

const rotateSpec = useCase({
  action: 'training.certificate-key.rotate', kind: 'command', summary: 'Makes a new key, which signs certificates from now on; those before it go on verifying theirs',
  input: z.strictObject({}), output: z.object({ generation: z.int(), kid: z.string() }), refusals: refusals(trainingProblems, 'OPERATOR_NOT_ASSERTED'),
});

/** TRN-7: by a named officer. */
export class RotateCertificateKey implements UseCase<typeof rotateSpec> {
  readonly spec = rotateSpec;

  constructor(private readonly keys: CertificateKeys) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof rotateSpec>> {
    if (ctx.actor.operator === undefined) throw trainingProblems.refuse('OPERATOR_NOT_ASSERTED');
    const { generation, kid } = await this.keys.rotate(ctx);
    ctx.audit({ object: `certificate-key:${generation}`, facts: { kid } });
    return { generation, kid };
  }
}
