-- The activity feed: one row for each event, in words, filled by a projection that catches up with the log.
-- It holds no personal value: who did it is an account's id, and the words name firms and numbers only.

create schema activity;

create table activity.entry (
  position bigint primary key,
  occurred_at timestamptz not null,
  actor text not null,
  event_type text not null,
  subject_kind text not null,
  subject_id uuid not null,
  subject_label text not null,
  sentence text not null,
  because text[] not null
);

create index entry_subject on activity.entry (subject_id, position);

select ledger.register_projection('activity-feed', 'activity');

grant usage on schema activity to pet;
grant select, insert, update, delete on activity.entry to pet;
