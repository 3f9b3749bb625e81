import { addDays, localDateInJapan, startOfDayInJapan } from '#kernel';
import { lintCertificate, type CertificateLint } from '#pki';
import { daily, log, type Ctx, type Schedule } from '#platform';
import { CA_IDS, serialHex, type CaId } from '../ca/ca.js';
import type { Authorities } from '../ca/authorities.js';
import { holderLints } from '../profile/lints.js';
import type { CertificateStore } from './certificate.store.js';

/** Of each authority, of what it issued on the day before. */
const SAMPLE = 100;
/** A certificate that breaks a rule is revoked and replaced for nothing within these (JPKI 7). */
const DAYS_TO_CURE = 5;

/** A sample of what was issued on the day before is linted again from its octets; what breaks a rule is an incident for the officers and the committee (JPKI 4.15, 7). */
export function lintIssued(certificates: CertificateStore, authorities: Authorities): Schedule {
  const lints = holderLints(authorities.profiles.organisation);
  return daily('lint-issued', async (ctx) => {
    for (const ca of CA_IDS) await lintSample(ctx, ca, { certificates, authorities, lints });
    for (const { ca, serial } of await overdue(ctx)) alarm(ctx, ca, serial, { alarm: 'LINT_UNCURED' });
  });
}

async function lintSample(ctx: Ctx, ca: CaId, { certificates, authorities, lints }: { certificates: CertificateStore; authorities: Authorities; lints: readonly CertificateLint[] }): Promise<void> {
  const until = startOfDayInJapan(localDateInJapan(ctx.now));
  const from = startOfDayInJapan(addDays(localDateInJapan(ctx.now), -1));
  for (const { serial, type, generation, der } of await certificates.sampleIssued(ctx.db, { ca, from, until, most: SAMPLE })) {
    const found = lintCertificate(der, await authorities.certificate(ctx.db, ca, generation), { profile: authorities.profiles.holder[type], lints }).map(({ id }) => id);
    if (found.length === 0) continue;
    await ctx.db.run('INSERT INTO lint_finding (ca, serial, lints, found_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', ca, serial, found, ctx.now.toISOString());
    alarm(ctx, ca, serial, { alarm: 'LINT_FAILED', lints: found.join(' '), cureBy: addDays(localDateInJapan(ctx.now), DAYS_TO_CURE) });
  }
}

async function overdue({ db, now }: Ctx): Promise<{ ca: CaId; serial: number }[]> {
  return db.many<{ ca: CaId; serial: number }>(
    "SELECT ca, serial FROM lint_finding JOIN certificate USING (ca, serial) WHERE state <> 'REVOKED' AND not_after > $1 AND found_at < $1::timestamptz - make_interval(days => $2)", now.toISOString(), DAYS_TO_CURE,
  );
}

function alarm(ctx: Ctx, ca: CaId, serial: number, facts: { readonly alarm: string } & Record<string, string>): void {
  ctx.audit({ object: `certificate:${ca}:${serialHex(serial)}`, facts });
  log.error(`alarm: certificate ${serialHex(serial)} of ${ca} breaks a rule that it was issued under`, { code: facts.alarm });
}
