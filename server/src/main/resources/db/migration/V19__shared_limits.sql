-- Limits that hold for all nodes together, and over a restart.

create table login.shared_limit (
    key     bytea primary key,
    free_at timestamptz not null
);
create index shared_limit_free on login.shared_limit (free_at);
comment on table login.shared_limit is 'How often something that must not happen more often on several nodes has happened; one row each, swept when it is over';
comment on column login.shared_limit.key is 'SHA-256 of what is counted, such as the wrong passwords typed in one session';
comment on column login.shared_limit.free_at is 'When as many have happened as may have: each sets it further ahead, up to the limit';
