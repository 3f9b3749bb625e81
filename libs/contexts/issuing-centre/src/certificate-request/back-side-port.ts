/** The front that a back belongs to. */
export interface Front {
  readonly pdf: Buffer;
  readonly requestId: string;
  readonly municipalityCode: string;
  readonly issuedAt: Date;
}

/** Makes what is printed on the back against forgery, as PDF (CARD-4.16); undefined where nothing is. */
export type BackSide = (front: Front) => Promise<Buffer | undefined>;

export const noBackSide: BackSide = async () => undefined;
