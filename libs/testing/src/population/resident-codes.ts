import { ResidentCode } from '#kernel';

export interface ResidentCodeRun {
  /** Serial of the first code, from 1. Populations that must not share codes take runs of serials that do not overlap. */
  readonly firstSerial: number;
  /** How many codes will be taken. */
  readonly count: number;
  /** Codes outside the reserved prefix 99, for trials that behave like production. */
  readonly realCodes: boolean;
}

/** Serials of the test prefix: 99 and eight digits. */
const TEST_SERIALS = 99_999_999;
/** Bodies 0000000001 to 9899999999: neither the all-zero code nor the prefix 99. */
const REAL_SERIALS = 9_899_999_999;
/** Prime, hence without a common factor with the number of real serials: multiplying permutes them. */
const STRIDE = 6_180_339_887;

/**
 * Resident codes of a run of serials, each serial its own code. Test codes are 99 and the serial (JUKI-R4.1); real-looking
 * ones are spread over the whole space by multiplication modulo its size, which is no secret and imitates no real pool.
 * RangeError when the run leaves the space of serials.
 */
export function* residentCodes({ firstSerial, count, realCodes }: ResidentCodeRun): Generator<ResidentCode, void, void> {
  const space = realCodes ? REAL_SERIALS : TEST_SERIALS;
  if (!Number.isSafeInteger(firstSerial) || firstSerial < 1 || firstSerial + count - 1 > space) {
    throw new RangeError(`resident code serials run from 1 to ${space}`);
  }
  if (!realCodes) {
    for (let serial = firstSerial; serial < firstSerial + count; serial += 1) {
      yield ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`);
    }
    return;
  }
  let body = Number((BigInt(firstSerial) * BigInt(STRIDE)) % BigInt(REAL_SERIALS));
  for (let left = count; left > 0; left -= 1) {
    yield ResidentCode.fromBody(String(body + 1).padStart(10, '0'));
    body = (body + STRIDE) % REAL_SERIALS;
  }
}
