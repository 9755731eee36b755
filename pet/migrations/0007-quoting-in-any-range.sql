-- The list of quotes came out the same only when it was made in the ranges of the appends: within a longer one, as a
-- restore takes it, a withdrawn quote lost its revision, and an edit after a move did not count as its last change.

create or replace function quoting.project(first bigint, last bigint) returns void
language plpgsql
as $$
begin
  insert into quoting.quote_summary (id, number, title, customer_id, status, revision, currency, total_minor,
    correction_kind, parent_id, parent_number, contract_id, updated_at)
  select substring(stream from 'quote-(.*)')::uuid, data ->> 'number', data #>> '{content,title}',
    (data #>> '{content,customerId}')::uuid, 'draft', 1, data #>> '{content,currency}',
    (data ->> 'totalMinor')::bigint, data #>> '{correction,kind}', (data #>> '{correction,parentId}')::uuid,
    data #>> '{correction,parentNumber}', (data #>> '{correction,contractId}')::uuid, occurred_at
  from ledger.event
  where position between first and last and type = 'QuoteDrafted';

  -- Of each quote, the last event counts that wrote its content, that moved its state, that numbered its revision,
  -- that changed it at all.
  update quoting.quote_summary as summary
  set title = written.data #>> '{content,title}',
    customer_id = (written.data #>> '{content,customerId}')::uuid,
    currency = written.data #>> '{content,currency}',
    total_minor = (written.data ->> 'totalMinor')::bigint
  from (
    select distinct on (stream) stream, data
    from ledger.event
    where position between first and last and type in ('QuoteEdited', 'QuoteSent')
    order by stream, position desc
  ) as written
  where summary.id = substring(written.stream from 'quote-(.*)')::uuid;

  update quoting.quote_summary as summary
  set status = case moved.type
      when 'QuoteSent' then 'sent'
      when 'QuoteRevised' then 'revising'
      when 'QuoteAccepted' then 'accepted'
      when 'QuoteRejected' then 'rejected'
      when 'QuoteWithdrawn' then 'withdrawn'
    end,
    total_minor = coalesce((moved.data ->> 'totalMinor')::bigint, summary.total_minor),
    contract_id = coalesce((moved.data ->> 'contractId')::uuid, summary.contract_id)
  from (
    select distinct on (stream) stream, type, data
    from ledger.event
    where position between first and last
      and type in ('QuoteSent', 'QuoteRevised', 'QuoteAccepted', 'QuoteRejected', 'QuoteWithdrawn')
    order by stream, position desc
  ) as moved
  where summary.id = substring(moved.stream from 'quote-(.*)')::uuid;

  update quoting.quote_summary as summary
  set revision = (numbered.data ->> 'revision')::integer
  from (
    select distinct on (stream) stream, data
    from ledger.event
    where position between first and last
      and type in ('QuoteSent', 'QuoteRevised', 'QuoteAccepted', 'QuoteRejected', 'QuoteWithdrawn')
      and data ? 'revision'
    order by stream, position desc
  ) as numbered
  where summary.id = substring(numbered.stream from 'quote-(.*)')::uuid;

  update quoting.quote_summary as summary
  set updated_at = touched.occurred_at
  from (
    select distinct on (stream) stream, occurred_at
    from ledger.event
    where position between first and last
      and type in ('QuoteEdited', 'QuoteSent', 'QuoteRevised', 'QuoteAccepted', 'QuoteRejected', 'QuoteWithdrawn')
    order by stream, position desc
  ) as touched
  where summary.id = substring(touched.stream from 'quote-(.*)')::uuid;
end $$;
