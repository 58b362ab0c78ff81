-- More than one secret for a client, its keys by their address, and what its last good calls looked like.

create table oidc.client_secret (
    client_id   text not null references oidc.client,
    generation  integer not null,
    tag         bytea not null,
    declared_at timestamptz not null,
    removed_at  timestamptz,
    primary key (client_id, generation)
);
comment on table oidc.client_secret is 'The secrets of a client: those that are good, and some that were';
comment on column oidc.client_secret.client_id is 'Whose';
comment on column oidc.client_secret.generation is 'Counts up for each secret that is new to the client';
comment on column oidc.client_secret.tag is 'Keyed hash of the secret';
comment on column oidc.client_secret.declared_at is 'Since when it is declared';
comment on column oidc.client_secret.removed_at is 'Since when it is no longer declared, and refused; absent while it is good';

insert into oidc.client_secret (client_id, generation, tag, declared_at)
select client_id, 1, secret_tag, changed_at from oidc.client where secret_tag is not null;

comment on column oidc.client.secret_tag is 'The first of its secrets, for release 0.1.0, which knows one; absent for a client without one';

alter table oidc.client add column jwks_uri text;
alter table oidc.client add column token_endpoint_audience boolean not null default false;
comment on column oidc.client.jwks_uri is 'Where its public keys are fetched; absent where they are declared, or it has none';
comment on column oidc.client.token_endpoint_audience is 'Whether its assertions may name the token endpoint as their audience, and not the issuer alone';

create table oidc.client_call (
    client_id text not null references oidc.client,
    kind      text not null,
    at        timestamptz not null,
    facts     jsonb not null,
    primary key (client_id, kind)
);
comment on table oidc.client_call is 'What the last good call of a client looked like, one for each kind of call';
comment on column oidc.client_call.client_id is 'The client';
comment on column oidc.client_call.kind is 'A grant type, or the path of another endpoint without its first slash';
comment on column oidc.client_call.at is 'When it was, to a minute';
comment on column oidc.client_call.facts is 'How it proved itself and what it asked for; no value that proves anything';

create index event_token_refused on audit.event (client_id, at) where kind = 'token_refused';
