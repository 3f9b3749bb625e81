import { csvLine } from '#kernel';
import type { PostalAddress } from './address.js';
import { chunksOf } from './csv.js';
import type { Household, Resident } from './household.js';

/** Columns of the delivery targets of the first notification (NUM-R5.3 `NTGT`). */
export const DELIVERY_TARGET_COLUMNS = [
  'householdRef',
  'lineInHousehold',
  'residentCode',
  'postalCode',
  'address',
  'addresseeName',
  'temporaryAddressFlag',
  'itemCount',
] as const;

/** One envelope: the members who live in one place and may know of each other. */
interface Envelope {
  readonly ref: string;
  readonly members: readonly Resident[];
  readonly temporaryAddress: PostalAddress | undefined;
}

/**
 * Writes the delivery targets, one line a member, addressed to the head at the temporary address where there is one.
 * Protected persons get envelopes of their own under references that show no link, and the envelope of the others counts
 * without them (CARD-R4.2). UTF-8, CRLF, header first; one pass, constant memory.
 */
export function writeDeliveryTargets(households: Iterable<Household>): Generator<Buffer, void, void> {
  return chunksOf(targetLines(households));
}

function* targetLines(households: Iterable<Household>): Generator<string, void, void> {
  yield csvLine(DELIVERY_TARGET_COLUMNS);
  let split = 0;
  for (const household of households) {
    const nextRef = (): string => `9${String((split += 1)).padStart(9, '0')}`;
    for (const envelope of envelopesOf(household, nextRef)) yield* envelopeLines(household, envelope);
  }
}

function* envelopeLines(household: Household, { ref, members, temporaryAddress }: Envelope): Generator<string, void, void> {
  const addressee = members.find((member) => member.isHead) ?? members[0];
  const { postalCode, address } = temporaryAddress ?? household;
  for (const [index, member] of members.entries()) {
    yield csvLine([
      ref,
      String(index + 1),
      member.residentCode.reveal(),
      postalCode,
      address,
      addressee?.nameKanji ?? '',
      temporaryAddress === undefined ? '0' : '1',
      String(members.length),
    ]);
  }
}

function envelopesOf(household: Household, nextRef: () => string): readonly Envelope[] {
  const { ref, members, temporaryAddress } = household;
  const open = members.filter((member) => !member.protectedPerson);
  if (open.length === 0 || open.length === members.length) return [{ ref, members, temporaryAddress }];
  const sheltered = new Map<string, Resident[]>();
  for (const member of members) {
    if (!member.protectedPerson) continue;
    const place = member.temporaryAddress?.address ?? member.residentCode.reveal();
    sheltered.set(place, [...(sheltered.get(place) ?? []), member]);
  }
  const apart = [...sheltered.values()].map((group) => ({
    ref: nextRef(),
    members: group,
    temporaryAddress: group[0]?.temporaryAddress ?? temporaryAddress,
  }));
  return [{ ref, members: open, temporaryAddress }, ...apart];
}
