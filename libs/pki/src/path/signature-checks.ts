import { BoundedCache } from '../bounded-cache.js';
import type { ParsedCertificate } from '../certificate/certificate.js';
import { isSignedBy } from '../key/public-key.js';
import type { PathBudget } from './budget.js';
import { factsOf, fingerprintOf, keyDigestOf } from './certificate-facts.js';
import { keyFaultOf } from './purpose.js';
import type { CertificateFault } from './soundness.js';

export type SignatureOutcome = 'SIGNED' | 'UNCHECKED' | CertificateFault;

/** Results over all questions; SHA-256 stands for certificate and key. */
const checked = new BoundedCache<'yes' | 'no'>(10_000);

const BAD: CertificateFault = { reason: 'BAD_SIGNATURE', detail: 'signature is not by the key of the issuer (6.1.3 (a)(1))' };

/** Signatures of certificates within one question: each is checked once, and counts once whether or not it is known from before. */
export class SignatureChecks {
  readonly #budget: PathBudget;
  readonly #tls: boolean;
  readonly #outcomes = new Map<string, SignatureOutcome>();

  constructor(budget: PathBudget, tls: boolean) {
    this.#budget = budget;
    this.#tls = tls;
  }

  /** 6.1.3 (a)(1) with the algorithms of signature and key; `UNCHECKED` when the budget is spent. */
  outcomeOf(certificate: ParsedCertificate, issuer: ParsedCertificate): SignatureOutcome {
    const pair = `${fingerprintOf(certificate)} ${keyDigestOf(issuer)}`;
    let outcome = this.#outcomes.get(pair);
    if (outcome === undefined) {
      outcome = this.#budget.takeCheck() ? this.#check(certificate, issuer.spki, pair) : 'UNCHECKED';
      this.#outcomes.set(pair, outcome);
    }
    return outcome;
  }

  #check(certificate: ParsedCertificate, spki: Buffer, pair: string): SignatureOutcome {
    const facts = factsOf(certificate);
    const scheme = 'unreadable' in facts ? undefined : facts.scheme;
    if (scheme === undefined || (this.#tls && (scheme.digest === 'sha1' || scheme.key === 'ed448'))) {
      return { reason: 'ALGORITHM_NOT_ACCEPTED', detail: `signature algorithm ${certificate.algorithmOid} is not accepted` };
    }
    const keyFault = keyFaultOf(spki, this.#tls);
    if (keyFault !== undefined) return keyFault;
    let signed = checked.get(pair);
    if (signed === undefined) {
      signed = isSignedBy(certificate, spki) ? 'yes' : 'no';
      checked.set(pair, signed);
    }
    return signed === 'yes' ? 'SIGNED' : BAD;
  }
}
