-- The log is read by its position alone, and each row says when the database wrote it.

-- One place that says what time it is, so that a test can set it.
create function watch.clock() returns timestamptz language sql volatile
    as 'select clock_timestamp()';
comment on function watch.clock() is 'The time of the database, by which the watch judges how old a row is';

-- Without a default at first: a default that calls a clock would rewrite every row that is there.
alter table watch.attempt add column written_at timestamptz;
alter table watch.attempt alter column written_at set default watch.clock();
comment on column watch.attempt.written_at is 'When it was written, by the clock of the database: no attempt counts as later than this. Absent in rows of releases before';
create index attempt_by_position on watch.attempt (position);
comment on column watch.attempt.position is 'Order of the log: nodes follow it by this number alone, and pass over a number only when nobody can write it any more';
comment on column watch.attempt.written_by is 'The transaction that wrote it: release 0.1.0 follows the log by it';

alter table watch.act add column written_at timestamptz;
alter table watch.act alter column written_at set default watch.clock();
comment on column watch.act.written_at is 'As in watch.attempt';
create index act_by_position on watch.act (position);
comment on column watch.act.position is 'Order of the log, from the same sequence as those of watch.attempt';
comment on column watch.act.written_by is 'As in watch.attempt';

comment on column watch.snapshot.name is 'Order of the log, version of the policy, sizes of the memory and its format';
comment on column watch.snapshot.written_by is 'Of release 0.1.0: the log was followed up to here, transaction. 0 where the order is the position alone';
