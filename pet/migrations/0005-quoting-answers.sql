-- A quote that is answered while its next revision is written is listed as it was sent, not as the draft that the
-- answer put an end to. Runs after the projection `quotes`, as its name sorts after it.

create function quoting.project_answers(first bigint, last bigint) returns void
language sql
as $$
  update quoting.quote_summary as summary
  set title = sent.data #>> '{content,title}',
    customer_id = (sent.data #>> '{content,customerId}')::uuid,
    currency = sent.data #>> '{content,currency}',
    total_minor = (sent.data ->> 'totalMinor')::bigint
  from ledger.event as answer
  cross join lateral (
    select data from ledger.event
    where stream = answer.stream and type = 'QuoteSent' and version < answer.version
    order by version desc limit 1
  ) as sent
  where answer.position between first and last
    and answer.type in ('QuoteAccepted', 'QuoteRejected')
    and summary.id = substring(answer.stream from 'quote-(.*)')::uuid
$$;

select ledger.register_inline_projection('quotes-as-answered', 'quoting.project_answers'::regproc);
select quoting.project_answers(1, position) from ledger.head;
