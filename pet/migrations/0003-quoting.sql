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

create function quoting.project(first bigint, last bigint) returns void
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

  -- Of each quote, the last event that wrote its content counts, and the last one that moved its state.
  update quoting.quote_summary as summary
  set title = written.data #>> '{content,title}',
    customer_id = (written.data #>> '{content,customerId}')::uuid,
    currency = written.data #>> '{content,currency}',
    total_minor = (written.data ->> 'totalMinor')::bigint,
    updated_at = written.occurred_at
  from (
    select distinct on (stream) stream, data, occurred_at
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
    revision = coalesce((moved.data ->> 'revision')::integer, summary.revision),
    total_minor = coalesce((moved.data ->> 'totalMinor')::bigint, summary.total_minor),
    contract_id = coalesce((moved.data ->> 'contractId')::uuid, summary.contract_id),
    updated_at = moved.occurred_at
  from (
    select distinct on (stream) stream, type, data, occurred_at
    from ledger.event
    where position between first and last
      and type in ('QuoteSent', 'QuoteRevised', 'QuoteAccepted', 'QuoteRejected', 'QuoteWithdrawn')
    order by stream, position desc
  ) as moved
  where summary.id = substring(moved.stream from 'quote-(.*)')::uuid;
end $$;

select ledger.register_inline_projection('quotes', 'quoting.project'::regproc);

grant usage on schema quoting to pet;
grant select on quoting.quote_summary to pet;
grant usage on sequence quoting.quote_number to pet;
