-- The list of quotes, derived from the log inside the append: whoever was told that a quote was sent finds it sent.

create schema quoting;

create sequence quoting.quote_number;

create table quoting.quote_summary (
  id uuid primary key,
  number text not null,
  title text not null,
  customer_id uuid,
  status text not null,
  revision integer not null,
  currency text not null,
  total_minor bigint not null,
  correction_kind text,
  parent_id uuid,
  parent_number text,
  contract_id uuid,
  updated_at timestamptz not null
);

create index quote_summary_newest on quoting.quote_summary (updated_at desc, id desc);
create index quote_summary_parent on quoting.quote_summary (parent_id);
create index quote_summary_contract on quoting.quote_summary (contract_id);

-- Several events of a quote may come in one range, which must leave the same as if they had come one by one.
create function quoting.project(first bigint, last bigint) returns void
language plpgsql
as $$
begin
  insert into quote_summary (id, number, title, customer_id, status, revision, currency, total_minor,
    correction_kind, parent_id, parent_number, contract_id, updated_at)
  select substring(stream from 'quote-(.*)')::uuid, data ->> 'number', data #>> '{content,title}',
    (data #>> '{content,customerId}')::uuid, 'draft', 1, data #>> '{content,currency}',
    (data ->> 'totalMinor')::bigint, data #>> '{correction,kind}', (data #>> '{correction,parentId}')::uuid,
    data #>> '{correction,parentNumber}', (data #>> '{correction,contractId}')::uuid, occurred_at
  from ledger.event
  where position between first and last and type = 'QuoteDrafted';

  update quote_summary as summary
  set status = case moved
      when 'QuoteSent' then 'sent'
      when 'QuoteRevised' then 'revising'
      when 'QuoteAccepted' then 'accepted'
      when 'QuoteRejected' then 'rejected'
      when 'QuoteWithdrawn' then 'withdrawn'
      else summary.status
    end,
    revision = coalesce(news.revision, summary.revision),
    contract_id = coalesce(news.contract_id, summary.contract_id),
    updated_at = news.updated_at
  from (
    select stream,
      (array_agg(occurred_at order by version desc))[1] as updated_at,
      (array_agg(type order by version desc) filter (where type <> 'QuoteEdited'))[1] as moved,
      (array_agg((data ->> 'revision')::integer order by version desc) filter (where data ? 'revision'))[1]
        as revision,
      (array_agg((data ->> 'contractId')::uuid order by version desc) filter (where data ? 'contractId'))[1]
        as contract_id
    from ledger.event
    where position between first and last
      and type in ('QuoteEdited', 'QuoteSent', 'QuoteRevised', 'QuoteAccepted', 'QuoteRejected', 'QuoteWithdrawn')
    group by stream
  ) as news
  where summary.id = substring(news.stream from 'quote-(.*)')::uuid;

  -- The content is what was written last; but an answer is to what was sent, and puts an end to a draft after it.
  update quote_summary as summary
  set title = written.data #>> '{content,title}',
    customer_id = (written.data #>> '{content,customerId}')::uuid,
    currency = written.data #>> '{content,currency}',
    total_minor = (written.data ->> 'totalMinor')::bigint
  from (
    select distinct on (stream) stream, version, type in ('QuoteAccepted', 'QuoteRejected') as is_answer
    from ledger.event
    where position between first and last
      and type in ('QuoteEdited', 'QuoteSent', 'QuoteAccepted', 'QuoteRejected')
    order by stream, version desc
  ) as latest
  cross join lateral (
    select data
    from ledger.event
    where stream = latest.stream and version <= latest.version
      and (type = 'QuoteSent' or (type = 'QuoteEdited' and not latest.is_answer))
    order by version desc limit 1
  ) as written
  where summary.id = substring(latest.stream from 'quote-(.*)')::uuid;
end $$;

select ledger.register_inline_projection('quotes', 'quoting.project'::regproc);

grant usage on schema quoting to pet;
grant select on quoting.quote_summary to pet;
grant usage on sequence quoting.quote_number to pet;
