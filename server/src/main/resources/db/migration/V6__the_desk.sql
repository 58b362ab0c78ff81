-- People who are stuck: what is learnt of their attempts, and the desk that helps them.

alter table watch.attempt add column totp_offset integer;
comment on column watch.attempt.totp_offset is 'A wrong code would have been right this many steps of 30 s away; absent where it would not';

create index attempt_device on watch.attempt (device, at) where session_id is not null;

create table watch.remark (
    remark_id   uuid primary key,
    attempt_id  uuid not null,
    account_id  uuid not null references account.account,
    near        text not null,
    remarked_at timestamptz not null
);
create index remark_time on watch.remark (remarked_at);
create index remark_account on watch.remark (account_id, remarked_at);
comment on table watch.remark is 'What became known of an attempt after it was written; rows are added and never changed';
comment on column watch.remark.remark_id is 'UUIDv7';
comment on column watch.remark.attempt_id is 'Of which attempt; there is no foreign key, as attempts are kept by time';
comment on column watch.remark.account_id is 'Whose attempt it was';
comment on column watch.remark.near is 'How its password missed the right one: typo, caps_lock, full_width, stray_space, old_password, layout or other_account';
comment on column watch.remark.remarked_at is 'When it became known';

create table account.old_password (
    account_id    uuid not null references account.account,
    replaced_at   timestamptz not null,
    password_hash text not null,
    primary key (account_id, replaced_at)
);
create index old_password_replaced on account.old_password (replaced_at);
comment on table account.old_password is 'The last passwords before the present one, to know them when they are typed';
comment on column account.old_password.account_id is 'Whose they were';
comment on column account.old_password.replaced_at is 'Until when it was the password';
comment on column account.old_password.password_hash is 'Argon2id in PHC form';

alter table login.challenge add column attempt_id uuid;
comment on column login.challenge.attempt_id is 'The attempt that asked for it; absent where none did';
create index challenge_unanswered on login.challenge (expires_at) where attempt_id is not null and used_at is null;

create index account_email on account.account (lower(email));

alter table watch.act alter column campaign_id drop not null;
comment on column watch.act.kind is 'end, block, harmless, force_passwords or forgive';
comment on column watch.act.campaign_id is 'About which campaign; absent where it is about accounts alone';

create schema desk;
comment on schema desk is 'Where support helps people who are stuck';

create table desk.support_case (
    case_id        uuid primary key,
    who            text not null,
    account_id     uuid references account.account,
    tenant_id      uuid references tenant.tenant,
    identifier     text not null,
    device         text,
    cause          text,
    failures       integer not null,
    since          timestamptz not null,
    last_at        timestamptz not null,
    attempts       uuid[] not null,
    opened_at      timestamptz not null,
    opened_by      uuid references account.account,
    closed_at      timestamptz,
    closed_because text,
    unique (who, since)
);
create unique index support_case_open on desk.support_case (who) where closed_at is null;
create index support_case_opened on desk.support_case (opened_at);
create index support_case_tenant on desk.support_case (tenant_id, opened_at);
create index support_case_account on desk.support_case (account_id, opened_at);
comment on table desk.support_case is 'Somebody who is stuck';
comment on column desk.support_case.case_id is 'UUIDv7';
comment on column desk.support_case.who is 'One case at a time for each: the account, the browser, or the login name that leads to none';
comment on column desk.support_case.account_id is 'Their account; absent where the login name leads to none';
comment on column desk.support_case.tenant_id is 'Their organisation, or the one whose browser it is; absent where nobody knows';
comment on column desk.support_case.identifier is 'What was typed as the login name, the last time';
comment on column desk.support_case.device is 'Keyed hash of the cookie of the browser at which it was tried last';
comment on column desk.support_case.cause is 'The probable cause, as docs/trouble.md has them; absent where support opened it';
comment on column desk.support_case.failures is 'How many attempts had failed when it was opened';
comment on column desk.support_case.since is 'The first failed attempt; one case an episode';
comment on column desk.support_case.last_at is 'The last attempt that it was opened for';
comment on column desk.support_case.attempts is 'The first of these attempts';
comment on column desk.support_case.opened_at is 'When it was opened';
comment on column desk.support_case.opened_by is 'Who in support opened it; absent where it opened itself';
comment on column desk.support_case.closed_at is 'When it was closed; absent while it is open';
comment on column desk.support_case.closed_because is 'signed_in, closed or given_up';

create table desk.step (
    step_id    uuid primary key,
    case_id    uuid not null references desk.support_case,
    account_id uuid not null references account.account,
    kind       text not null,
    taken_at   timestamptz not null
);
create index step_case on desk.step (case_id, taken_at);
comment on table desk.step is 'What support did about a case; rows are added and never changed';
comment on column desk.step.step_id is 'UUIDv7';
comment on column desk.step.case_id is 'About which case';
comment on column desk.step.account_id is 'Who in support did it';
comment on column desk.step.kind is 'opened, send_code, proved, not_proved, unlock, reset, hand_over or close';
comment on column desk.step.taken_at is 'When';

create table desk.proof (
    case_id    uuid not null references desk.support_case,
    account_id uuid not null references account.account,
    code       bytea not null,
    tries      integer not null default 0,
    sent_at    timestamptz not null,
    proved_at  timestamptz,
    primary key (case_id, account_id)
);
comment on table desk.proof is 'Whether the caller of a case has shown to somebody in support who they are';
comment on column desk.proof.case_id is 'The case';
comment on column desk.proof.account_id is 'Who in support talks with them';
comment on column desk.proof.code is 'Keyed hash of the code that was sent to the person';
comment on column desk.proof.tries is 'How often one was read back';
comment on column desk.proof.sent_at is 'When the code was sent';
comment on column desk.proof.proved_at is 'When the right one was read back; absent while it was not';

-- What happened around somebody who does not get in.

create index event_client on audit.event (client_id, at) where kind in ('client_removed', 'client_declared', 'client_refused');
create index event_tenant on audit.event (tenant_id, at) where kind = 'tenant_declared';
create index act_until on watch.act (until) where kind = 'block';
