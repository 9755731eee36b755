import { forbids, requires, rulesFor, silent } from '../rules/rule.ts'
import type { ContractEvent } from './contract-events.ts'
import type { Contract, ContractCommand } from './contract-state.ts'

const rule = rulesFor<Contract, ContractCommand, null, ContractEvent>()
const document = 'quoting-and-pricing'

export const acceptanceMakesTheContract = rule({
  id: 'QUO-22',
  document,
  sentence:
    'Acceptance makes the contract in the same transaction, with its total and its sold hours.',
  when: (contract, command) => {
    if (command.type !== 'MakeContract' || contract.status !== 'none') return silent
    const { type: _, ...data } = command
    return requires({ type: 'ContractMade', data })
  },
})

export const acceptedDeltaAdds = rule({
  id: 'QUO-23',
  document,
  sentence: 'An accepted delta adds its total and its hours to the contract.',
  when: (contract, command) => {
    if (contract.status !== 'made' || command.type !== 'AmendContract') return silent
    if (command.kind !== 'delta') return silent
    const totalMinor = contract.totalMinor + command.totalMinor
    const soldMinutes = contract.soldMinutes + command.soldMinutes
    return requires({ type: 'ContractAmended', data: amendment(command, totalMinor, soldMinutes) })
  },
})

export const acceptedReplacementStandsIn = rule({
  id: 'QUO-24',
  document,
  sentence:
    'An accepted replacement stands in for the quote that it replaces and for the deltas of that quote.',
  when: (contract, command) => {
    if (contract.status !== 'made' || command.type !== 'AmendContract') return silent
    if (command.kind !== 'replacement') return silent
    const { totalMinor, soldMinutes } = command
    return requires({ type: 'ContractAmended', data: amendment(command, totalMinor, soldMinutes) })
  },
})

export const onlyWhatStandsIsAmended = rule({
  id: 'QUO-25',
  document,
  sentence: 'A contract is amended only through a correction of the quote that it stands on.',
  overrides: ['QUO-23', 'QUO-24'],
  when: (contract, command) => {
    if (contract.status !== 'made' || command.type !== 'AmendContract') return silent
    return command.parentId === contract.standingQuoteId ? silent : forbids
  },
})

export const contractIsMadeOnce = rule({
  id: 'QUO-26',
  document,
  sentence: 'A contract is made once, and amended only after it was made.',
  when: (contract, command) =>
    (contract.status === 'made') === (command.type === 'MakeContract') ? forbids : silent,
})

export const contractRules = [
  acceptanceMakesTheContract,
  acceptedDeltaAdds,
  acceptedReplacementStandsIn,
  onlyWhatStandsIsAmended,
  contractIsMadeOnce,
]

type Amend = Extract<ContractCommand, { type: 'AmendContract' }>
function amendment(command: Amend, totalMinor: number, soldMinutes: number) {
  const { kind, quoteId, quoteNumber, parentId } = command
  return { kind, quoteId, quoteNumber, parentId, totalMinor, soldMinutes }
}
