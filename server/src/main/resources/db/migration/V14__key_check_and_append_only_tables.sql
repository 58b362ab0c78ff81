-- Which master key belongs to this database, and what nobody may change.

create table platform.key_check (
    single  boolean primary key default true check (single),
    tag     bytea not null,
    made_at timestamptz not null
);
comment on table platform.key_check is 'One row: by it a wrong master key is known at the start';
comment on column platform.key_check.single is 'Always true, so that there is one row';
comment on column platform.key_check.tag is 'Keyed hash of a fixed text, with a key derived from the master key';
comment on column platform.key_check.made_at is 'When a gate first started with this key';

-- TRUNCATE fires no trigger of a row.
create trigger attempt_no_truncate before truncate on watch.attempt
    for each statement execute function audit.refuse_change();
create trigger event_no_truncate before truncate on audit.event
    for each statement execute function audit.refuse_change();

-- The same was promised for these, and held by nothing. Rows that are old enough are deleted.
create trigger act_append_only before update on watch.act
    for each row execute function audit.refuse_change();
create trigger act_no_truncate before truncate on watch.act
    for each statement execute function audit.refuse_change();
create trigger remark_append_only before update on watch.remark
    for each row execute function audit.refuse_change();
create trigger remark_no_truncate before truncate on watch.remark
    for each statement execute function audit.refuse_change();
create trigger step_append_only before update on desk.step
    for each row execute function audit.refuse_change();
create trigger step_no_truncate before truncate on desk.step
    for each statement execute function audit.refuse_change();
comment on table watch.act is 'What administrators decided about campaigns; every node learns it in its place among the attempts; rows are added and never changed';
