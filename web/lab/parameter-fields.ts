import type { ParameterSchema, ParametersSchema } from '@pet/lab/api-types'

/** One field of the form that a scenario's parameters become. */
export type ParameterField = {
  name: string
  label: string
  description: string
  kind: 'integer' | 'number' | 'text' | 'choice' | 'switch'
  choices: string[]
  minimum: number | undefined
  maximum: number | undefined
  /** What stands in the field at first. */
  initial: string
}

export type ParametersReading =
  | { ok: true; parameters: Record<string, unknown> }
  /** By field, all at once. */
  | { ok: false; errors: Record<string, string> }

/** The form of a scenario, from the JSON Schema of its parameters. */
export function parameterFields(schema: ParametersSchema): ParameterField[] {
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    label: labelOf(name),
    description: property.description ?? '',
    kind: kindOf(property),
    choices: (property.enum ?? []).map(String),
    minimum: property.minimum,
    maximum: property.maximum,
    initial: textOf(property.default),
  }))
}

/** The parameters that the texts of the form stand for, or what is wrong with each. */
export function readParameters(
  fields: ParameterField[],
  texts: Record<string, string>,
): ParametersReading {
  const parameters: Record<string, unknown> = {}
  const errors: Record<string, string> = {}
  for (const field of fields) {
    const text = (texts[field.name] ?? field.initial).trim()
    if (field.kind === 'integer' || field.kind === 'number') {
      const error = numberError(field, text)
      if (error === undefined) parameters[field.name] = Number(text)
      else errors[field.name] = error
    } else if (field.kind === 'switch') parameters[field.name] = text === 'true'
    else parameters[field.name] = text
  }
  return Object.keys(errors).length === 0 ? { ok: true, parameters } : { ok: false, errors }
}

/** The limits of a field in words. @example limitsOf(writers) // '2 to 64' */
export function limitsOf({ minimum, maximum }: ParameterField): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  if (minimum !== undefined) return `at least ${minimum}`
  return maximum === undefined ? '' : `at most ${maximum}`
}

function numberError(field: ParameterField, text: string): string | undefined {
  const value = Number(text)
  if (text === '' || !Number.isFinite(value)) return 'Write a number'
  if (field.kind === 'integer' && !Number.isSafeInteger(value)) return 'Write a whole number'
  const isOutside =
    (field.minimum !== undefined && value < field.minimum) ||
    (field.maximum !== undefined && value > field.maximum)
  return isOutside ? `The limit is ${limitsOf(field)}` : undefined
}

function textOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? value : ''
}

function kindOf(property: ParameterSchema): ParameterField['kind'] {
  if (property.enum !== undefined) return 'choice'
  if (property.type === 'string') return 'text'
  return property.type === 'boolean' ? 'switch' : property.type
}

/** @example labelOf('lockTimeoutMs') // 'Lock timeout (ms)' */
function labelOf(name: string): string {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase()
  const withUnit = words.replace(/ (ms|bytes|percent)$/, ' ($1)')
  return withUnit.charAt(0).toUpperCase() + withUnit.slice(1)
}
