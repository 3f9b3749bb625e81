/** Why a private server cannot run, as one sentence for the person at the terminal: what happened and what to do. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}
