import { Button, Group, NativeSelect, Paper, Stack, Switch, TextInput, Title } from '@mantine/core'
import { limits } from '@pet/lab/limits'
import type { ParametersSchema, RunRequest, ScenarioDetails } from '@pet/lab/api-types'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState, type FormEvent } from 'react'
import { fieldPath, problemOf } from '../kit/problem-error.ts'
import { Problem } from '../kit/problem.tsx'
import { runsQuery, startRun } from './lab-api.ts'
import {
  limitsOf,
  parameterFields,
  readParameters,
  type ParameterField,
} from './parameter-fields.ts'

/** Seed and rounds, which every run has beside its parameters; empty means: let the lab choose. */
const ofEveryRun: ParametersSchema = {
  type: 'object',
  properties: {
    seed: {
      type: 'integer',
      minimum: limits.seed.least,
      maximum: limits.seed.most,
      description: 'The same seed gives the same schedule. Empty: a new one.',
    },
    rounds: {
      type: 'integer',
      minimum: limits.rounds.least,
      maximum: limits.rounds.most,
      description: 'More rounds, narrower intervals. Empty: as many as it takes.',
    },
  },
}
const runFields = parameterFields(ofEveryRun)

/** The form of a scenario, made from the schema of its parameters. */
export function RunForm({
  scenario,
  onStarted,
}: {
  scenario: ScenarioDetails
  onStarted: (id: string) => void
}) {
  const fields = useMemo(() => parameterFields(scenario.parameters), [scenario.parameters])
  const [texts, setTexts] = useState<Record<string, string>>({})
  const [errors, setErrors] = useState<Record<string, string>>({})
  const queryClient = useQueryClient()
  const start = useMutation({
    mutationFn: startRun,
    onSuccess: ({ id }) => {
      void queryClient.invalidateQueries({ queryKey: runsQuery.queryKey, exact: true })
      onStarted(id)
    },
    onError: (error) => setErrors(namedErrors(error)),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const request = requestOf(scenario.name, fields, texts)
    setErrors(request.errors)
    if (Object.keys(request.errors).length === 0) start.mutate(request.run)
  }
  const field = (of: ParameterField) => (
    <Field
      key={of.name}
      field={of}
      value={texts[of.name] ?? of.initial}
      error={errors[of.name]}
      onChange={(text) => setTexts((before) => ({ ...before, [of.name]: text }))}
    />
  )
  return (
    <Paper component="section" aria-labelledby="run-it">
      <Title order={2} id="run-it" mb="xs">
        Run it
      </Title>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {fields.map(field)}
          {runFields.map(field)}
          {start.isError && <Problem error={start.error} />}
          <Group>
            <Button type="submit" loading={start.isPending}>
              Run
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}

function Field({
  field,
  value,
  error,
  onChange,
}: {
  field: ParameterField
  value: string
  error: string | undefined
  onChange: (text: string) => void
}) {
  const limits = limitsOf(field)
  const description = [field.description, limits && `(${limits})`].filter(Boolean).join(' ')
  const look = { label: field.label, description, error, size: 'xs' as const }
  if (field.kind === 'switch')
    return (
      <Switch
        {...look}
        checked={value === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    )
  if (field.kind === 'choice')
    return (
      <NativeSelect
        {...look}
        value={value}
        data={field.choices}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  return (
    <TextInput
      {...look}
      inputMode={field.kind === 'text' ? 'text' : 'decimal'}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

function requestOf(
  name: string,
  fields: ParameterField[],
  texts: Record<string, string>,
): { run: RunRequest; errors: Record<string, string> } {
  const asked = runFields.filter((field) => (texts[field.name] ?? '').trim() !== '')
  const own = readParameters(fields, texts)
  const common = readParameters(asked, texts)
  return {
    run: {
      name,
      ...(common.ok && common.parameters),
      ...(own.ok && { parameters: own.parameters }),
    },
    errors: { ...(!own.ok && own.errors), ...(!common.ok && common.errors) },
  }
}

function namedErrors(error: unknown): Record<string, string> {
  const { errors = [] } = problemOf(error)
  return Object.fromEntries(errors.map((one) => [fieldPath(one.field, 'parameters'), one.message]))
}
