import type { ZodType } from 'zod';

/**
 * One kind of event: CloudEvents `type` is `jp.kiban.<context>.<aggregate>.<verb>.v<version>`, the NATS subject
 * `kiban.<context>.<aggregate>.<verb>.v<version>`. A restricted one begins with `kiban-restricted` and is not copied to partners.
 */
export interface EventDefinition<Data> {
  readonly context: string;
  readonly name: string;
  readonly version: number;
  readonly type: string;
  readonly subject: string;
  readonly summary: string;
  readonly data: ZodType<Data>;
}

/** The stream that partners read: a copy of the contexts' streams without what is restricted, so that reading it can touch nobody's consumer. */
export const PARTNER_STREAM = 'KIBAN_PARTNER';

/** Declares an event of a context; `name` is `<aggregate>.<past-verb>`. `data` never holds a personal number or personal data. */
export function defineEvent<Data>(
  context: string,
  name: string,
  definition: { readonly version?: number; readonly restricted?: boolean; readonly summary: string; readonly data: ZodType<Data> },
): EventDefinition<Data> {
  const version = definition.version ?? 1;
  return {
    context,
    name,
    version,
    type: `jp.kiban.${context}.${name}.v${version}`,
    subject: `${definition.restricted === true ? 'kiban-restricted' : 'kiban'}.${context}.${name}.v${version}`,
    summary: definition.summary,
    data: definition.data,
  };
}
