-- Who the firm works for, derived from the log. A contact's name and address are personal: they stay in the
-- log, under the person's key, and are read from there.

create schema customers;

create table customers.customer (
  id uuid primary key,
  name text not null,
  added_at timestamptz not null
);

-- A projection names its tables without their schema (see the ledger's 0010).
create function customers.project(first bigint, last bigint) returns void
language plpgsql
as $$
begin
  insert into customer (id, name, added_at)
  select substring(stream from 'customer-(.*)')::uuid, data ->> 'name', occurred_at
  from ledger.event
  where position between first and last and type = 'CustomerAdded';
end $$;

select ledger.register_inline_projection('customers', 'customers.project'::regproc);

grant usage on schema customers to pet;
grant select on customers.customer to pet;
