import { defineBusinessScenario } from '@pet/lab/business-scenario'
import { audit } from '@pet/ledger/audit'
import type { QuoteView } from '@pet/pet/quoting/quote-view'
import { tryEverything } from './accepted-quote-pricing-error/adversary.ts'
import { silentCorrection } from './accepted-quote-pricing-error/silent-correction.ts'
import {
  differenceMinor,
  hashOfWhatIsShown,
  tellOfTheError,
  walk,
} from './accepted-quote-pricing-error/story.ts'
import type { DefectName, StepId, Story } from './accepted-quote-pricing-error/story.ts'
import { wouldSmell } from './stage/walk.ts'

export default defineBusinessScenario<Story, StepId, DefectName>({
  name: 'accepted-quote-pricing-error',
  title: 'A pricing error is found after a quote was accepted',
  summary:
    'The customer has accepted online; then sales sees that two digits of the rate were swapped, and somebody would like to just mend it.',
  lesson:
    'What was accepted is a fact, also when it is wrong: the correction is a fact of its own, and both stay in sight. ' +
    'Watch the feed: every step is there, with who took it and which rule made it happen. ' +
    'The hash of the accepted document and the chain of the log are what makes a quiet change show.',
  walk,
  story: tellOfTheError,
  defects: [
    {
      name: 'accepted-quote-edited',
      sentence: wouldSmell('accepted-quote-pricing-error', 'ST1-7'),
      landed: async (_, { pet, original }) => {
        const { rows } = await pet.superuser.query<{ type: string }>(
          'select type from ledger.event where stream = $1 order by version desc limit 1',
          [`quote-${original.id}`],
        )
        return rows[0]?.type === 'QuoteEdited'
      },
      smell: async (_, { sales, original }) => {
        const now = await sales.get<QuoteView>(`/api/quotes/${original.id}`)
        return hashOfWhatIsShown(now) === now.accepted?.documentHash
          ? undefined
          : `${now.number} shows something else than the document that was accepted`
      },
    },
    {
      name: 'silent-value-correction',
      sentence: wouldSmell('accepted-quote-pricing-error', 'ST1-8'),
      plant: async (_, { pet, original }) => {
        const sql = silentCorrection(original.id, 'totalMinor', differenceMinor)
        await pet.superuser.query(
          `begin; set local session_replication_role = replica; ${sql}; commit`,
        )
      },
      landed: async (_, { pet, original }) => {
        const { rows } = await pet.superuser.query<{ total: string }>(
          `select data ->> 'totalMinor' as total from ledger.event
           where stream = $1 and type = 'QuoteAccepted'`,
          [`quote-${original.id}`],
        )
        return Number(rows[0]?.total) !== original.totals.totalMinor
      },
      smell: async (_, { pet }) => {
        const { ok, firstBroken } = await audit(pet.superuser)
        return ok ? undefined : `the audit: position ${firstBroken} is not what was appended`
      },
    },
  ],
  adversary: tryEverything,
})
