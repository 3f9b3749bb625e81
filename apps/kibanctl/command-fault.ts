/** How kibanctl ends: 1 refused or failed, 2 wrong usage, 3 no estate to talk to. 0 is everything else. */
export type ExitCode = 1 | 2 | 3;

/** A command that did not succeed, with the one sentence that is shown. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
  }
}

/** Wrong arguments or a file that is not as it must be. */
export function usageFault(message: string): CommandFault {
  return new CommandFault(2, message);
}
