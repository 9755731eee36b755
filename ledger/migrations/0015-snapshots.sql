-- What a stream was folded into at one of its versions, so that whoever folds it again reads only the events after
-- that. Never a source of truth: a snapshot that does not hold is thrown away, and all of them may be at any time.
-- The state is canonical JSON (RFC 8785); that of a stream with personal values is a cipher, in quotes, which opens
-- with the keys of all of `persons` only (snapshot.ts).

create table ledger.snapshot (
  stream text not null,
  fold text not null,
  fold_version integer not null,
  version bigint not null,
  event_hash bytea not null,
  persons text[] not null,
  state text not null,
  checksum bytea not null,
  primary key (stream, fold)
);

revoke all on ledger.snapshot from public;
grant select, insert, update, delete on ledger.snapshot to pet;
