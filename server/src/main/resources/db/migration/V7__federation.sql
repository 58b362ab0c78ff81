-- People whom their organisation's own identity provider knows.

create table account.federated_identity (
    tenant_id  uuid not null references tenant.tenant,
    issuer     text not null,
    subject    text not null,
    account_id uuid not null references account.account,
    linked_at  timestamptz not null,
    primary key (tenant_id, issuer, subject)
);
create unique index federated_identity_account on account.federated_identity (account_id, issuer);
comment on table account.federated_identity is 'Who is who at the organisation''s own identity provider';
comment on column account.federated_identity.tenant_id is 'The organisation';
comment on column account.federated_identity.issuer is 'Its identity provider: whoever changes to another one starts anew';
comment on column account.federated_identity.subject is 'sub there (OpenID Connect Core, section 2)';
comment on column account.federated_identity.account_id is 'Who it is here';
comment on column account.federated_identity.linked_at is 'When they first came that way';

alter table login.challenge add column follows text not null default 'password';
alter table login.challenge add column issuer text;
alter table login.challenge add column subject text;
alter table login.challenge add column proved_at timestamptz;
comment on column login.challenge.follows is 'Which proof was given before: password, or federated for the organisation''s identity provider';
comment on column login.challenge.issuer is 'Of that identity provider; absent after a password';
comment on column login.challenge.subject is 'Who it is there, to be linked once the code is right; absent after a password';
comment on column login.challenge.proved_at is 'When they proved it there; absent after a password';
