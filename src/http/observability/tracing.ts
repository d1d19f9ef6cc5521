/** Traces for OpenTelemetry: a span a request, and a span a run with one for each of its tasks, sent over OTLP where there is a receiver. */
import {
  type Attributes,
  type Context,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { RunState } from '../../model/job.ts';
import type { JobRun } from '../../store/job-runs.ts';

export type TraceReceiver = Readonly<{
  /** The base address of an OTLP/HTTP receiver, without `/v1/traces`. */
  endpoint: string;
  serviceName: string;
  version: string;
}>;

export type Tracing = Readonly<{
  tracer: Tracer;
  /** Sends what is left. What cannot be sent within a few seconds is lost, and nobody is kept waiting. */
  close: () => Promise<void>;
}>;

/** Opens tracing; without a receiver, spans cost nothing and go nowhere. */
export function openTracing(receiver: TraceReceiver | undefined): Tracing {
  if (receiver === undefined) {
    return { tracer: new ProxyTracerProvider().getTracer('syncline'), close: async () => {} };
  }
  const exporter = new OTLPTraceExporter({ url: `${receiver.endpoint}/v1/traces`, timeoutMillis: 5000 });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': receiver.serviceName,
      'service.version': receiver.version,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: 5000 })],
  });
  return {
    tracer: provider.getTracer('syncline', receiver.version),
    close: () => provider.shutdown().catch(() => undefined),
  };
}

/** The trace that a `traceparent` header (W3C Trace Context, section 3.2) continues; a new one where there is none or it is broken. */
export function parentOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** Tells a run that has ended, with its tasks, as spans that begin and end when they did. */
export function traceRun(tracer: Tracer, run: JobRun): void {
  const { startedAt, endedAt } = run;
  if (startedAt === null || endedAt === null) return;
  const attributes = {
    'syncline.job': run.jobIdentifier,
    'syncline.job_run_id': run.jobRunId,
    'syncline.trigger': run.trigger,
    'syncline.state': run.state,
  };
  const span = tracer.startSpan(
    `job ${run.jobIdentifier}`,
    { kind: SpanKind.INTERNAL, startTime: startedAt, attributes },
    ROOT_CONTEXT,
  );
  if (isFailure(run.state)) span.setStatus({ code: SpanStatusCode.ERROR, message: run.message ?? run.state });
  const context = trace.setSpan(ROOT_CONTEXT, span);
  for (const task of run.tasks) {
    if (task.startedAt === null || task.endedAt === null) continue;
    const own: Attributes = { 'syncline.task': task.identifier, 'syncline.state': task.state };
    const child = tracer.startSpan(
      `task ${task.identifier}`,
      { startTime: task.startedAt, attributes: own },
      context,
    );
    if (isFailure(task.state))
      child.setStatus({ code: SpanStatusCode.ERROR, message: task.message ?? task.state });
    child.end(task.endedAt);
  }
  span.end(endedAt);
}

function isFailure(state: RunState): boolean {
  return state === 'failed' || state === 'blocked';
}
