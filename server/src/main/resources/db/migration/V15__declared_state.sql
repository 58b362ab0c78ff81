-- Which declared state was applied, when, and by which node.

create schema declare;
comment on schema declare is 'What was declared in files, and when it was applied';

create table declare.applied_state (
    sequence    bigint generated always as identity primary key,
    version     integer,
    fingerprint bytea not null,
    applied_at  timestamptz not null,
    applied_by  text not null,
    file        text not null
);
create index applied_state_fingerprint on declare.applied_state (fingerprint, sequence);
comment on table declare.applied_state is 'Each declared state that took the place of another; rows are added and never changed';
comment on column declare.applied_state.sequence is 'The highest is the one in force';
comment on column declare.applied_state.version is 'As the file gives it; absent where the file gives none';
comment on column declare.applied_state.fingerprint is 'Keyed hash of its organisations, accounts and clients with their secrets: the same file gives the same';
comment on column declare.applied_state.applied_at is 'When it was applied';
comment on column declare.applied_state.applied_by is 'User and host name of the node that applied it';
comment on column declare.applied_state.file is 'Where the file lay there';

create trigger applied_state_append_only before update or delete on declare.applied_state
    for each row execute function audit.refuse_change();
create trigger applied_state_no_truncate before truncate on declare.applied_state
    for each statement execute function audit.refuse_change();
