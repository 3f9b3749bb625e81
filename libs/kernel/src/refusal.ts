/** What a problem code means to the outside: HTTP status and a title in both languages (RFC 9457 `title`). */
export interface ProblemDefinition {
  readonly status: number;
  readonly ja: string;
  readonly en: string;
}

/** A fault in one field of the input: JSON pointer (RFC 6901) and a stable code. */
export interface FieldFault {
  readonly pointer: string;
  readonly code: string;
}

/** Facts that may be shown to the caller: never personal data. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

export interface RefusalOptions {
  readonly facts?: Facts;
  readonly fields?: readonly FieldFault[];
}

/**
 * The answer "no" of a rule: a stable code with facts that are safe to show. The edges turn it into a problem
 * document (RFC 9457) or a gRPC status; everything else that is thrown is an internal fault.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly context: string;
  readonly code: string;
  readonly definition: ProblemDefinition;
  readonly facts: Facts;
  readonly fields: readonly FieldFault[];

  constructor(context: string, code: string, definition: ProblemDefinition, options: RefusalOptions = {}) {
    super(`${context}:${code}`);
    this.context = context;
    this.code = code;
    this.definition = definition;
    this.facts = options.facts ?? {};
    this.fields = options.fields ?? [];
  }
}

/** The problem codes of one context; `refuse` makes the Refusal to throw. */
export interface ProblemTable<Code extends string> {
  readonly context: string;
  readonly definitions: Readonly<Record<Code, ProblemDefinition>>;
  refuse(code: Code, options?: RefusalOptions): Refusal;
}

/** Declares the problem codes of a context, `urn:kiban:problem:<context>:<CODE>`. */
export function problemTable<Code extends string>(context: string, definitions: Record<Code, ProblemDefinition>): ProblemTable<Code> {
  return {
    context,
    definitions,
    refuse: (code, options) => new Refusal(context, code, definitions[code], options),
  };
}
