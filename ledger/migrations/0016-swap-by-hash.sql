-- A model that was empty, and is known as empty, looks as if it were best read anew for each row of the copies: with
-- a million of these that takes hours. Both sides are always read once.
alter function ledger.compare_rebuild(text) set enable_nestloop = off;
alter function ledger.swap_rebuild(text) set enable_nestloop = off;
