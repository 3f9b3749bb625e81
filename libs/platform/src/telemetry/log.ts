import { pino } from 'pino';

/**
 * The only fields a log line may carry. Values of people, codes and numbers have no field here, so they cannot be logged
 * by accident; an error gives its kind, its SQLSTATE or system code and its stack, never its message.
 */
export interface LogFields {
  readonly action?: string;
  readonly address?: string;
  readonly attempt?: number;
  readonly client?: string;
  readonly code?: string;
  readonly consumer?: string;
  readonly context?: string;
  readonly correlationId?: string;
  readonly count?: number;
  readonly error?: unknown;
  readonly eventId?: string;
  readonly job?: string;
  readonly ms?: number;
  readonly status?: number;
  readonly stream?: string;
  readonly traceId?: string;
}

const ALLOWED: ReadonlySet<string> = new Set<keyof LogFields>([
  'action', 'address', 'attempt', 'client', 'code', 'consumer', 'context', 'correlationId', 'count', 'eventId', 'job', 'ms', 'status', 'stream', 'traceId',
]);

/** ERROR: someone must act now; a healthy system writes none. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const sink = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } });

function allowed(fields: LogFields = {}): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (ALLOWED.has(name) && value !== undefined) out[name] = value;
  if (fields.error !== undefined) Object.assign(out, describeError(fields.error));
  return out;
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { errorKind: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')).map((line) => line.trim());
  return { errorKind: error.name, ...('code' in error ? { errorCode: String(error.code) } : {}), stack: frames.slice(0, 12) };
}

export const log: Log = {
  info: (message, fields) => sink.info(allowed(fields), message),
  warn: (message, fields) => sink.warn(allowed(fields), message),
  error: (message, fields) => sink.error(allowed(fields), message),
};
