import { SpanStatusCode, trace, type Span, type SpanOptions } from '@opentelemetry/api'
import { reasonOf } from '../lab-problem.ts'

/** Only the API: where no SDK is set up, nothing of this costs or does anything. */
const tracer = trace.getTracer('@pet/lab')

/** Does work within a span; what is traced meanwhile lies below it. An error is on the span, and thrown on. */
export function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error))
      span.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(error) })
      throw error
    } finally {
      span.end()
    }
  })
}
