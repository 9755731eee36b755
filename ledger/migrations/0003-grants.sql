-- The application appends through the one function and reads. It keeps people's keys and its projections'
-- checkpoints; it has no right to write to the log by any other road, nor to any partition by its own name.

revoke all on schema ledger from public;
revoke all on all tables in schema ledger from public, pet;
revoke all on all functions in schema ledger from public, pet;

grant usage on schema ledger to pet;
grant select on ledger.event, ledger.head, ledger.append_group, ledger.command, ledger.stream,
  ledger.inline_projection to pet;
grant select, insert (person, key) on ledger.person_key to pet;
grant select, insert, update on ledger.projection to pet;
grant execute on function ledger.append, ledger.erase_person(text) to pet;
