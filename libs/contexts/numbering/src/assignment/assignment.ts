/** States of an assignment (NUM-3.1) that a caller sees. */
export type AssignmentState = 'GENERATED' | 'TENTATIVE' | 'DESIGNATED' | 'SUPERSEDED' | 'DORMANT' | 'CLOSED' | 'DISPUTED' | 'VOID';

/** 施行日: 2015-10-05 00:00 in Japan. Candidates delivered before are tentative (NUM-3.1). */
export const EFFECTIVE_FROM = '2015-10-04T15:00:00.000Z';

/** The number is designated when the mayor receives the candidate (番号法施行令2条), but not before the Act is in force. */
export function stateOnDelivery(deliveredAt: Date): 'TENTATIVE' | 'DESIGNATED' {
  return deliveredAt.toISOString() < EFFECTIVE_FROM ? 'TENTATIVE' : 'DESIGNATED';
}

/** What the register says about a resident code. */
export interface RegisterEntry {
  readonly found: boolean;
  readonly personKey: string;
  readonly municipalityCode: string;
  readonly status?: 'RESIDENT' | 'IN_TRANSIT' | 'ABROAD' | 'DECEASED' | 'DELETED' | 'CONFLICT' | undefined;
  readonly superseded: boolean;
  /** Day of entry in the municipality. */
  readonly since?: string | undefined;
  /** A move away is notified and no entry elsewhere has come yet. */
  readonly movePending?: boolean | undefined;
}

/** A person's latest assignment, by whomever it was asked for. */
export interface EarlierAssignment {
  readonly assignmentId: string;
  readonly municipalityCode: string;
  readonly requestId: string;
  readonly generation: number;
  /** Withdrawn before its designation, or taken away because another holds the number rightly: the person may have another (NUM-4.8). */
  readonly replaceable: boolean;
  /** Blocked until its dispute is resolved, and told to nobody (NUM-4.8). */
  readonly disputed?: boolean | undefined;
  /** Index of the code that was written to two persons, where that is why the number was taken away. */
  readonly sharedCode?: Buffer | undefined;
  /** The batch that drew it, as long as its result is not received. */
  readonly unreceivedIn?: string | undefined;
}

export interface NumberRequest {
  readonly municipalityCode: string;
  readonly requestId: string;
  /** The batch whose line this is. */
  readonly batchId?: string | undefined;
  readonly codeIndex?: Buffer | undefined;
}

export type RequestFault = 'CODE_CHECK_DIGIT' | 'CODE_UNKNOWN' | 'CODE_NOT_YOURS' | 'ALREADY_NUMBERED' | 'NUMBER_DISPUTED' | 'PERSON_CONFLICT';

export type Finding =
  | { readonly outcome: 'DRAW'; readonly personKey: string; readonly generation: number }
  | { readonly outcome: 'REPEATED'; readonly personKey: string; readonly assignmentId: string }
  | { readonly outcome: 'REFUSED'; readonly fault: RequestFault; readonly personKey?: string; readonly assignmentId?: string };

/**
 * Decides about one request for a first number (NUM-7): the same request has the same answer for ever, another request for a
 * numbered person is refused with the reference, a number is only drawn for a present resident of the asking municipality. A
 * number of another batch whose result is not received is nobody's yet and is told by that batch alone (施行令2条). A withdrawn
 * request is not taken up again by its repetition; another request draws the next generation.
 */
export function decideRequest(entry: RegisterEntry, earlier: EarlierAssignment | undefined, request: NumberRequest): Finding {
  if (!entry.found) return { outcome: 'REFUSED', fault: 'CODE_UNKNOWN' };
  const { personKey } = entry;
  if (earlier !== undefined && earlier.requestId === request.requestId && earlier.municipalityCode === request.municipalityCode) {
    const { assignmentId, unreceivedIn, replaceable, disputed } = earlier;
    if (disputed === true) return { outcome: 'REFUSED', fault: 'NUMBER_DISPUTED', personKey };
    if (!replaceable && (unreceivedIn === undefined || unreceivedIn === request.batchId)) return { outcome: 'REPEATED', personKey, assignmentId };
    return { outcome: 'REFUSED', fault: 'ALREADY_NUMBERED', personKey, assignmentId };
  }
  const fault = registerFault(entry, request.municipalityCode);
  if (fault !== undefined) return { outcome: 'REFUSED', fault };
  if (earlier !== undefined && !earlier.replaceable) return { outcome: 'REFUSED', fault: 'ALREADY_NUMBERED', personKey, assignmentId: earlier.assignmentId };
  // Who held a shared code wrongly gets another code first (NUM-4.8).
  if (request.codeIndex !== undefined && earlier?.sharedCode?.equals(request.codeIndex) === true) return { outcome: 'REFUSED', fault: 'PERSON_CONFLICT' };
  return { outcome: 'DRAW', personKey, generation: (earlier?.generation ?? 0) + 1 };
}

/** Whether the register has a present resident of the municipality under the code. */
export function registerFault(entry: RegisterEntry, municipalityCode: string): 'CODE_UNKNOWN' | 'CODE_NOT_YOURS' | 'PERSON_CONFLICT' | undefined {
  if (!entry.found || entry.superseded) return 'CODE_UNKNOWN';
  switch (entry.status) {
    case 'CONFLICT':
      return 'PERSON_CONFLICT';
    case 'ABROAD':
    case 'DECEASED':
    case 'DELETED':
      return 'CODE_UNKNOWN';
    case 'IN_TRANSIT':
      return 'CODE_NOT_YOURS';
    case 'RESIDENT':
    case undefined:
      return entry.municipalityCode === municipalityCode ? undefined : 'CODE_NOT_YOURS';
  }
}
