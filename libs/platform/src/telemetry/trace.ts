import { createWriteStream } from 'node:fs';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace, type Span } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  RandomIdGenerator,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import type { Config } from '../config/config.js';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const SUCCESS = 0;
const ids = new RandomIdGenerator();
/** Share of the traces begun here that are followed; undefined without a destination. */
let followed: number | undefined;

/** Writes finished spans as JSON lines: the embedded default, readable without any other program. */
class FileExporter implements SpanExporter {
  private readonly file;

  constructor(path: string) {
    this.file = createWriteStream(path, { flags: 'a' });
  }

  export(spans: ReadableSpan[], done: (result: { code: number }) => void): void {
    for (const span of spans) this.file.write(`${JSON.stringify(describe(span))}\n`);
    done({ code: SUCCESS });
  }

  shutdown(): Promise<void> {
    return new Promise((resolve) => this.file.end(() => resolve()));
  }
}

function describe(span: ReadableSpan): Record<string, unknown> {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    service: span.resource.attributes['service.name'],
    name: span.name,
    start: new Date(span.startTime[0] * 1000 + span.startTime[1] / 1e6).toISOString(),
    ms: span.duration[0] * 1000 + span.duration[1] / 1e6,
    attributes: span.attributes,
    failed: span.status.code === SpanStatusCode.ERROR,
  };
}

/** Starts tracing for this process; returns what flushes and ends it. Without a destination spans cost next to nothing. */
export function startTracing(config: Config['trace'], service: string): () => Promise<void> {
  const exporter = config.otlp !== undefined ? new OTLPTraceExporter({ url: `${config.otlp}/v1/traces` }) : config.file !== undefined ? new FileExporter(config.file) : undefined;
  if (exporter === undefined) return () => Promise.resolve();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 500 })],
  });
  trace.setGlobalTracerProvider(provider);
  followed = config.ratio;
  return () => provider.shutdown();
}

/** Attributes are names of the system only: actions, codes, subjects. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** Runs `work` in a span below `parent` (W3C `traceparent`) and hands it the `traceparent` to pass on. */
export async function inSpan<T>(
  name: string,
  options: { readonly parent?: string | undefined; readonly kind?: SpanKind; readonly attributes?: SpanAttributes },
  work: (traceparent: string | undefined) => Promise<T>,
): Promise<T> {
  const parent = options.parent !== undefined && TRACEPARENT.test(options.parent) ? options.parent : undefined;
  if (followed === undefined) return work(parent);
  // The library would make a span for each call before it drops it.
  if (!isFollowed(parent, followed)) return work(parent ?? `00-${ids.generateTraceId()}-${ids.generateSpanId()}-00`);
  const span = trace.getTracer('kiban').startSpan(
    name,
    { kind: options.kind ?? SpanKind.INTERNAL, attributes: { ...options.attributes } },
    parentContext(parent),
  );
  try {
    return await work(traceparentOf(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/** A trace that came in was decided by whoever began it. */
function isFollowed(parent: string | undefined, share: number): boolean {
  return parent === undefined ? Math.random() < share : (Number.parseInt(parent.slice(-2), 16) & TraceFlags.SAMPLED) !== 0;
}

function parentContext(traceparent: string | undefined) {
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  const [, traceId, spanId, flags] = match ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true });
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
