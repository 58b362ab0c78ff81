-- What administrators decide about the watch, where attempts come from, and passwords that must be changed.

alter table tenant.tenant add column operator boolean not null default false;
comment on column tenant.tenant.operator is 'Whether it is the organisation that runs this gate: its administrators see all others';

alter table account.account add column password_expired_at timestamptz;
comment on column account.account.password_expired_at is 'Since when the password must be changed at the next sign-in, as somebody else knows it; absent where it need not';

alter table watch.attempt add column network bigint;
alter table watch.attempt add column country text;
create index attempt_id on watch.attempt (attempt_id);
comment on column watch.attempt.verdict is 'allow, step_up, throttle or deny; what was throttled was not checked and has the outcome abandoned; what was denied is checked while there is room, and let in nobody';
comment on column watch.attempt.network is 'Number of the autonomous system of the address; absent where it is not known';
comment on column watch.attempt.country is 'Country of the address, ISO 3166-1; absent where it is not known';

alter table watch.campaign add column evidence uuid[] not null default '{}';
comment on column watch.campaign.evidence is 'The attempts that it was found by; they were written before it had a number';
alter table watch.campaign add column closed_at timestamptz;
alter table watch.campaign add column harmless_at timestamptz;
alter table watch.campaign add column quiet boolean not null default false;
create index campaign_found on watch.campaign (found_at);
comment on column watch.campaign.quiet is 'Whether operators are told of it only together with the many others of its kind';
comment on column watch.campaign.closed_at is 'When an administrator held it for over: what comes after is another';
comment on column watch.campaign.harmless_at is 'When an administrator said that it was no attack';

create table watch.act (
    act_id      uuid primary key,
    at          timestamptz not null,
    kind        text not null,
    campaign_id uuid not null,
    account_id  uuid not null,
    until       timestamptz,
    addresses   text[] not null,
    accounts    uuid[] not null,
    written_by  xid8 not null default pg_current_xact_id(),
    position    bigint not null default nextval('watch.attempt_position')
);
create index act_order on watch.act (written_by, position);
create index act_campaign on watch.act (campaign_id, at);
comment on table watch.act is 'What administrators decided about campaigns; every node learns it in its place among the attempts';
comment on column watch.act.act_id is 'UUIDv7';
comment on column watch.act.at is 'When it was decided';
comment on column watch.act.kind is 'end, block, harmless or force_passwords';
comment on column watch.act.campaign_id is 'The campaign that it is about';
comment on column watch.act.account_id is 'Who decided it';
comment on column watch.act.until is 'Until when it holds; absent where it holds for good';
comment on column watch.act.addresses is 'The sources that it is about';
comment on column watch.act.accounts is 'The accounts that it is about';
comment on column watch.act.written_by is 'The transaction that wrote it, as in watch.attempt';
comment on column watch.act.position is 'Order within that transaction, from the same sequence as those of watch.attempt';
