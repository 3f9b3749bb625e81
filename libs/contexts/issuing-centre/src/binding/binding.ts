import { createHmac, timingSafeEqual } from 'node:crypto';
import { bindingMessage, type BindingBlock, type CertificateType } from '#contracts/municipal-issuer';

/** What the centre asked a municipality for. */
export interface Asked {
  readonly requestId: string;
  readonly municipalityCode: string;
  readonly type: CertificateType;
  readonly residentKey: string;
}

/** What came back. */
export interface Rendered {
  /** Beside the PDF. */
  readonly binding: BindingBlock;
  /** In the PDF; undefined where there is none, or more than one. */
  readonly inPdf: BindingBlock | undefined;
  /** Counted in the PDF; undefined where it is none. */
  readonly pageCount: number | undefined;
}

export type BindingFault = 'REQUEST' | 'TYPE' | 'PAGE_COUNT' | 'RESIDENT' | 'IN_PDF';

/**
 * Everything in which an answer differs from what was asked (CARD-4.15; the lesson of 2023): only an empty list may be printed. The key is
 * that which the centre shares with this municipality.
 */
export function bindingFaults(asked: Asked, { binding, inPdf, pageCount }: Rendered, key: Buffer): BindingFault[] {
  const expected = createHmac('sha256', key).update(bindingMessage(asked.municipalityCode, asked.residentKey, { ...binding, requestId: asked.requestId, type: asked.type })).digest();
  const faults: readonly (readonly [BindingFault, boolean])[] = [
    ['REQUEST', binding.requestId !== asked.requestId],
    ['TYPE', binding.type !== asked.type],
    ['PAGE_COUNT', binding.pageCount !== pageCount],
    ['RESIDENT', binding.residentKeyMac.length !== expected.length || !timingSafeEqual(binding.residentKeyMac, expected)],
    ['IN_PDF', inPdf === undefined || !isSame(inPdf, binding)],
  ];
  return faults.flatMap(([fault, isFound]) => (isFound ? [fault] : []));
}

function isSame(one: BindingBlock, other: BindingBlock): boolean {
  return one.requestId === other.requestId && one.type === other.type && one.pageCount === other.pageCount && one.issuedAt === other.issuedAt && one.residentKeyMac.equals(other.residentKeyMac);
}
