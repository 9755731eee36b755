import { logs, SeverityNumber, type Attributes } from '@opentelemetry/api'

const severities = {
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
}

/** Writes a line of the run's log, which knows the span that it was written in. */
export function writeLog(
  body: string,
  attributes: Attributes = {},
  severity: keyof typeof severities = 'info',
): void {
  logs.getLogger('@pet/lab').emit({
    severityNumber: severities[severity],
    severityText: severity.toUpperCase(),
    body,
    attributes,
  })
}
