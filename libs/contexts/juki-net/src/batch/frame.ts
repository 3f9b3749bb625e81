export { createdAt, hashOfDetails, readFrame, writeFrame, type Frame, type FrameHeader } from '#pki';

/** Kinds of files between this register and the organisations (JUKI-5.3). */
export type FileKind = 'ACKN' | 'BREQ' | 'BRES' | 'CFED' | 'IMIN' | 'IMOT' | 'MSTA';
