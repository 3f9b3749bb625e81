/** Status words of ISO/IEC 7816-4 that the card answers with (CARD-4.8). */
export const SW = {
  ok: 0x9000,
  endOfFile: 0x6282,
  terminated: 0x6285,
  wrongLength: 0x6700,
  securityNotSatisfied: 0x6982,
  methodBlocked: 0x6983,
  referenceDataBlocked: 0x6984,
  conditionsNotSatisfied: 0x6985,
  noCurrentFile: 0x6986,
  wrongData: 0x6a80,
  fileNotFound: 0x6a82,
  noSpace: 0x6a84,
  wrongParameters: 0x6a86,
  wrongOffset: 0x6b00,
  unknownInstruction: 0x6d00,
  unknownClass: 0x6e00,
  internal: 0x6f00,
} as const;

/** `63Cx`: the comparison failed, x tries are left. */
export function triesLeftWord(left: number): number {
  return 0x63c0 | Math.min(left, 0x0f);
}

/** The tries that a status word tells, also none for a blocked one; undefined for any other. */
export function triesOf(sw: number): number | undefined {
  if ((sw & 0xfff0) === 0x63c0) return sw & 0x0f;
  return sw === SW.referenceDataBlocked || sw === SW.methodBlocked ? 0 : undefined;
}
