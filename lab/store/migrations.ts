/** The steps from an empty database to the present one. An applied step is never edited. */
export const migrations: readonly string[] = [
  `create table run (
     id text primary key,
     name text not null,
     category text not null,
     status text not null check (status in ('running', 'finished', 'cancelled', 'failed', 'skipped')),
     seed integer not null,
     started_at text not null,
     duration_ms integer,
     verdict text,
     as_hypothesised integer,
     reason text,
     record text
   ) strict;
   create index run_by_start on run (started_at, id);

   create table recovery (
     id integer primary key,
     at text not null,
     by text not null,
     undone text not null,
     failed text not null,
     recovery_ms integer not null,
     told integer not null default 0
   ) strict;

   create table span (
     id integer primary key,
     run text not null references run on delete cascade,
     trace_id text not null,
     span_id text not null,
     parent_id text,
     name text not null,
     kind text not null,
     started_us integer not null,
     duration_ns integer not null,
     status text not null,
     attributes text not null,
     events text not null,
     links text not null
   ) strict;
   create index span_of_run on span (run, id);

   create table log (
     id integer primary key,
     run text not null references run on delete cascade,
     at_us integer not null,
     severity text not null,
     body text not null,
     attributes text not null,
     trace_id text,
     span_id text
   ) strict;
   create index log_of_run on log (run, id);

   create table metric_point (
     id integer primary key,
     run text not null references run on delete cascade,
     metric text not null,
     arm text not null,
     round integer not null,
     at text not null,
     at_ms integer not null,
     value real not null
   ) strict;
   create index metric_point_of_run on metric_point (run, id);
   create index metric_point_latest on metric_point (run, metric, arm, round, id);`,
]
