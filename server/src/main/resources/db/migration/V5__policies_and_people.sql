-- What organisations want of the people who sign in, and the devices that people trust.

create table tenant.requirement (
    tenant_id       uuid not null references tenant.tenant,
    level           text not null,
    roles           text[] not null,
    starts_at       timestamptz not null,
    trusted_devices boolean not null,
    primary key (tenant_id, level, roles)
);
comment on table tenant.requirement is 'At which level the people of an organisation are to sign in';
comment on column tenant.requirement.tenant_id is 'The organisation that wants it';
comment on column tenant.requirement.level is 'aal2 or phr';
comment on column tenant.requirement.roles is 'Whom it concerns: whoever has one of these, sorted; empty for everybody';
comment on column tenant.requirement.starts_at is 'When it begins to hold; until then it is announced';
comment on column tenant.requirement.trusted_devices is 'Whether a device that the person trusts may stand for the second factor';

create table factor.trusted_device (
    trusted_device_id uuid primary key,
    account_id        uuid not null references account.account,
    device            text not null,
    user_agent        text,
    address           text not null,
    trusted_at        timestamptz not null,
    expires_at        timestamptz not null,
    last_used_at      timestamptz,
    unique (account_id, device)
);
comment on table factor.trusted_device is 'Devices on which a person is not asked for the second factor for a time';
comment on column factor.trusted_device.trusted_device_id is 'UUIDv7';
comment on column factor.trusted_device.account_id is 'Whose trust it is';
comment on column factor.trusted_device.device is 'Keyed hash of the browser''s long-lived cookie';
comment on column factor.trusted_device.user_agent is 'What the browser called itself';
comment on column factor.trusted_device.address is 'Where it was when it was trusted';
comment on column factor.trusted_device.trusted_at is 'When the person said so, with a second factor';
comment on column factor.trusted_device.expires_at is 'When the trust ends';
comment on column factor.trusted_device.last_used_at is 'When it last stood for the second factor';

alter table session.session add column on_trusted_device boolean not null default false;
comment on column session.session.on_trusted_device is 'Whether a trusted device stood for the second factor';

-- What people may change by themselves.

alter table account.account add column time_zone text not null default 'Asia/Tokyo';
alter table account.account add column email_declared text;
alter table account.account add column language_declared text;
update account.account set email_declared = email, language_declared = language;
comment on column account.account.time_zone is 'In which times are written for the person, as the tz database names it';
comment on column account.account.email_declared is 'The address in the declared state, to see when it changes there';
comment on column account.account.language_declared is 'The language in the declared state, to see when it changes there';

-- A way back for whoever has lost every factor.

create table factor.recovery (
    recovery_id   uuid primary key,
    account_id    uuid not null references account.account,
    begun_by      uuid not null references account.account,
    begun_at      timestamptz not null,
    confirmed_by  uuid references account.account,
    confirmed_at  timestamptz,
    ended_at      timestamptz,
    ended_because text
);
create unique index recovery_open on factor.recovery (account_id) where ended_at is null;
comment on table factor.recovery is 'A way back for somebody who has lost every factor, opened by administrators';
comment on column factor.recovery.recovery_id is 'UUIDv7';
comment on column factor.recovery.account_id is 'Who has lost the factors';
comment on column factor.recovery.begun_by is 'The administrator who began it';
comment on column factor.recovery.begun_at is 'When; the wait counts from here';
comment on column factor.recovery.confirmed_by is 'Another administrator who said the same; absent where none has';
comment on column factor.recovery.confirmed_at is 'When they did';
comment on column factor.recovery.ended_at is 'When it ended; absent while it is open';
comment on column factor.recovery.ended_because is 'used, stopped, factor_used, factor_added, password_reset or expired';

comment on column login.challenge.way is 'Which code is taken: mail, factor for those of the account''s own, reset for a new password, recovery for a way back, address for a new address';
comment on column login.challenge.shown is 'Which code the page asks for: mail, factor, recovery, or any where it must not tell';

-- People come by invitation.

create schema member;
comment on schema member is 'How people come to an organisation';

create table member.invitation (
    invitation_id uuid primary key,
    tenant_id     uuid not null references tenant.tenant,
    identifier    text not null,
    name          text not null,
    language      text not null,
    roles         text[] not null,
    code          bytea not null,
    invited_by    uuid not null references account.account,
    invited_at    timestamptz not null,
    expires_at    timestamptz not null,
    ended_at      timestamptz,
    ended_because text
);
create unique index invitation_open on member.invitation (tenant_id, identifier) where ended_at is null;
create index invitation_identifier on member.invitation (identifier) where ended_at is null;
create index invitation_tenant on member.invitation (tenant_id, invited_at);
comment on table member.invitation is 'Somebody was asked to come; the code is in their mail';
comment on column member.invitation.invitation_id is 'UUIDv7';
comment on column member.invitation.tenant_id is 'The organisation that asks';
comment on column member.invitation.identifier is 'The mail address, which is to be the login name, in its one form';
comment on column member.invitation.name is 'The name of the person';
comment on column member.invitation.language is 'ja or en';
comment on column member.invitation.roles is 'What the person is to be in the organisation';
comment on column member.invitation.code is 'Keyed hash of the code';
comment on column member.invitation.invited_by is 'The administrator who asked';
comment on column member.invitation.invited_at is 'When the last mail was written';
comment on column member.invitation.expires_at is 'Until when the code is taken';
comment on column member.invitation.ended_at is 'When it ended; absent while it is open';
comment on column member.invitation.ended_because is 'accepted or withdrawn';

-- Mail that came back.

create table notify.bounce (
    address    text primary key,
    status     text not null,
    diagnostic text not null,
    bounced_at timestamptz not null,
    bounces    integer not null default 1
);
comment on table notify.bounce is 'Addresses from which mail came back, until some arrives';
comment on column notify.bounce.address is 'The address, in small letters';
comment on column notify.bounce.status is 'Enhanced status code (RFC 3463), such as 5.1.1';
comment on column notify.bounce.diagnostic is 'What the other mail server said, shortened';
comment on column notify.bounce.bounced_at is 'When the last one came back';
comment on column notify.bounce.bounces is 'How many came back since some arrived';

-- The last sign-in of somebody whom others guess at.

create index attempt_signed_in on watch.attempt (account_id, at) where session_id is not null;

comment on column session.session.ended_because is 'signed_out, ended_by_owner, ended_by_administrator, replaced, account_disabled, password_changed, password_expired or factors_lost';
