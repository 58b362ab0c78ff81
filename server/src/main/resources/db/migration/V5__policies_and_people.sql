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
