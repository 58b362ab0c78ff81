-- Second factors: codes from apps, passkeys, codes on paper.

create schema factor;
comment on schema factor is 'What people prove themselves with besides the password';

create table factor.app (
    app_id       uuid primary key,
    account_id   uuid not null references account.account,
    name         text not null,
    secret       bytea not null,
    drift        integer not null default 0,
    used_step    bigint not null default 0,
    created_at   timestamptz not null,
    last_used_at timestamptz
);
create index app_account on factor.app (account_id);
comment on table factor.app is 'Apps that show codes (TOTP)';
comment on column factor.app.app_id is 'UUIDv7';
comment on column factor.app.account_id is 'Whose it is';
comment on column factor.app.name is 'What its owner calls it';
comment on column factor.app.secret is 'Shared with the app; sealed with the key in the data folder';
comment on column factor.app.drift is 'Steps of thirty seconds that its clock is ahead';
comment on column factor.app.used_step is 'Step of the last code that was taken; it and older ones are not good';
comment on column factor.app.created_at is 'When it was added, with a code from it';
comment on column factor.app.last_used_at is 'When it was last used';

create table factor.passkey (
    passkey_id      uuid primary key,
    credential_id   bytea not null unique,
    account_id      uuid not null references account.account,
    name            text not null,
    credential      bytea not null,
    counter         bigint not null,
    backup_eligible boolean not null,
    backed_up       boolean not null,
    created_at      timestamptz not null,
    last_used_at    timestamptz,
    cloned_at       timestamptz
);
create index passkey_account on factor.passkey (account_id);
comment on table factor.passkey is 'Passkeys (WebAuthn Level 3)';
comment on column factor.passkey.passkey_id is 'UUIDv7';
comment on column factor.passkey.credential_id is 'As the authenticator names it';
comment on column factor.passkey.account_id is 'Whose it is';
comment on column factor.passkey.name is 'What its owner calls it';
comment on column factor.passkey.credential is 'Attested credential data: authenticator and public key';
comment on column factor.passkey.counter is 'Signature counter of the last use';
comment on column factor.passkey.backup_eligible is 'Whether it may be kept in several places; never changes';
comment on column factor.passkey.backed_up is 'Whether it is kept in several places';
comment on column factor.passkey.created_at is 'When it was added';
comment on column factor.passkey.last_used_at is 'When it was last used';
comment on column factor.passkey.cloned_at is 'Since when it is refused, as its counter went back';

create table factor.recovery_code (
    account_id uuid not null references account.account,
    code       bytea not null,
    made_at    timestamptz not null,
    used_at    timestamptz,
    primary key (account_id, code)
);
comment on table factor.recovery_code is 'Codes on paper, for whoever has lost the phone; ten at a time';
comment on column factor.recovery_code.account_id is 'Whose it is';
comment on column factor.recovery_code.code is 'Keyed hash of the code';
comment on column factor.recovery_code.made_at is 'When it was made';
comment on column factor.recovery_code.used_at is 'When it was used; it is good once';

create table factor.guess (
    account_id uuid not null references account.account,
    known      boolean not null,
    failed     integer not null,
    failed_at  timestamptz not null,
    primary key (account_id, known)
);
comment on table factor.guess is 'Wrong codes since the last right one: guesses at codes are slowed, and the password is not';
comment on column factor.guess.account_id is 'Whose codes are guessed';
comment on column factor.guess.known is 'Whether from devices that have signed in before: strangers shall not lock the owner out';
comment on column factor.guess.failed is 'How many in a row';
comment on column factor.guess.failed_at is 'When the last one came';

alter table login.challenge add column way text not null default 'mail';
alter table login.challenge add column shown text not null default 'mail';
alter table login.challenge add column drift integer;
alter table login.challenge add column drift_step bigint;
comment on column login.challenge.way is 'Which code is taken: mail, or factor for those of the account''s own';
comment on column login.challenge.drift is 'Steps that an app''s clock seems to be ahead, by a code that came too far off';
comment on column login.challenge.drift_step is 'The step of that code: the next must be later';
comment on column login.challenge.shown is 'Which code the page asks for: mail, factor, or any where it must not tell';
