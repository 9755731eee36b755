const precise = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const short = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const timeOnly = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })

/** A point in time: only the time of day for today, the seconds in its tooltip. */
export function When({ at }: { at: string }) {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date().toDateString()
  return (
    <time dateTime={at} title={precise.format(date)} className="figures">
      {isToday ? `today ${timeOnly.format(date)}` : short.format(date)}
    </time>
  )
}
