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
comment on table account.old_password is 'The last passwords before the present one, to know them when they are typed';
comment on column account.old_password.account_id is 'Whose they were';
comment on column account.old_password.replaced_at is 'Until when it was the password';
comment on column account.old_password.password_hash is 'Argon2id in PHC form';

alter table login.challenge add column attempt_id uuid;
comment on column login.challenge.attempt_id is 'The attempt that asked for it; absent where none did';
