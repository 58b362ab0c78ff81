-- One schema a feature: \dn shows the architecture.
create schema tenant;
comment on schema tenant is 'Organisations and who belongs to them';
create schema account;
comment on schema account is 'What people log in to';
create schema session;
comment on schema session is 'Who is signed in, on which browser';
create schema oidc;
comment on schema oidc is 'Clients, what they were granted, and the keys that sign it';
create schema watch;
comment on schema watch is 'Every try at the door';
create schema audit;
comment on schema audit is 'What was done, by whom';
create schema notify;
comment on schema notify is 'What still has to be told to others';

create table tenant.tenant (
    tenant_id  uuid primary key,
    slug       text not null unique,
    name       text not null,
    created_at timestamptz not null,
    changed_at timestamptz not null
);
comment on table tenant.tenant is 'An organisation, such as an insurance agency';
comment on column tenant.tenant.tenant_id is 'UUIDv7';
comment on column tenant.tenant.slug is 'Short name in the declared state and in addresses';
comment on column tenant.tenant.name is 'Name as people write it';
comment on column tenant.tenant.created_at is 'When it was first declared';
comment on column tenant.tenant.changed_at is 'When a field was last changed';

create table account.account (
    account_id            uuid primary key,
    tenant_id             uuid not null references tenant.tenant,
    identifier            text not null unique,
    name                  text not null,
    email                 text,
    email_verified        boolean not null,
    language              text not null,
    password_hash         text,
    password_declared_tag bytea,
    password_changed_at   timestamptz,
    disabled_at           timestamptz,
    created_at            timestamptz not null,
    changed_at            timestamptz not null
);
create index account_tenant on account.account (tenant_id);
comment on table account.account is 'What a person logs in to';
comment on column account.account.account_id is 'UUIDv7; the subject that clients see';
comment on column account.account.tenant_id is 'The organisation that the account belongs to';
comment on column account.account.identifier is 'The login name, NFKC and lower case';
comment on column account.account.name is 'The name of the person, as they write it';
comment on column account.account.email is 'Where mail reaches the person';
comment on column account.account.email_verified is 'Whether the address was proved to be theirs';
comment on column account.account.language is 'ja or en: the language of pages and notices';
comment on column account.account.password_hash is 'Argon2id in PHC form; absent where there is no password';
comment on column account.account.password_declared_tag is 'Keyed hash of the password in the declared state, to see when it changes there';
comment on column account.account.password_changed_at is 'When the password was last set';
comment on column account.account.disabled_at is 'Since when the account may not sign in; absent where it may';
comment on column account.account.created_at is 'When the account was made';
comment on column account.account.changed_at is 'When a field was last changed';

create table tenant.member (
    account_id uuid not null references account.account,
    tenant_id  uuid not null references tenant.tenant,
    roles      text[] not null,
    changed_at timestamptz not null,
    primary key (account_id, tenant_id)
);
create index member_tenant on tenant.member (tenant_id);
comment on table tenant.member is 'Who belongs to an organisation, and as what';
comment on column tenant.member.account_id is 'The account';
comment on column tenant.member.tenant_id is 'The organisation';
comment on column tenant.member.roles is 'Names of roles, sorted';
comment on column tenant.member.changed_at is 'When the roles last changed';

create table session.session (
    session_id       uuid primary key,
    token_hash       bytea not null unique,
    account_id       uuid not null references account.account,
    level            text not null,
    methods          text[] not null,
    started_at       timestamptz not null,
    authenticated_at timestamptz not null,
    seen_at          timestamptz not null,
    expires_at       timestamptz not null,
    address          text not null,
    user_agent       text,
    ended_at         timestamptz,
    ended_because    text
);
create index session_account on session.session (account_id) where ended_at is null;
create index session_expires on session.session (expires_at);
comment on table session.session is 'A person signed in on a browser';
comment on column session.session.session_id is 'UUIDv7; clients see it as sid';
comment on column session.session.token_hash is 'SHA-256 of the cookie: a stolen table signs nobody in';
comment on column session.session.account_id is 'Who is signed in';
comment on column session.session.level is 'Assurance level reached: aal1, aal2 or aal3';
comment on column session.session.methods is 'How the person proved it, as in the claim amr';
comment on column session.session.started_at is 'When the session began';
comment on column session.session.authenticated_at is 'When the person last proved who they are';
comment on column session.session.seen_at is 'When the session was last used, to the minute';
comment on column session.session.expires_at is 'When it ends at the latest';
comment on column session.session.address is 'Source address of the last sign-in';
comment on column session.session.user_agent is 'Browser of the last sign-in, as it was sent';
comment on column session.session.ended_at is 'When it was ended; absent while it stands';
comment on column session.session.ended_because is 'signed_out, ended_by_owner, replaced, account_disabled or password_changed';

create table oidc.client (
    client_id                 text primary key,
    name                      text not null,
    redirect_uris             text[] not null,
    post_logout_redirect_uris text[] not null,
    secret_tag                bytea,
    jwks                      text,
    authentication            text not null,
    grants                    text[] not null,
    scopes                    text[] not null,
    third_party               boolean not null,
    signing_algorithm        text not null,
    user_info_algorithm       text,
    access_token_format       text not null,
    access_token_seconds      integer not null,
    audience                  text,
    back_channel_logout_uri   text,
    dpop_required             boolean not null,
    par_required              boolean not null,
    origins                   text[] not null,
    created_at                timestamptz not null,
    changed_at                timestamptz not null,
    removed_at                timestamptz
);
comment on table oidc.client is 'An application that people sign in to through this gate';
comment on column oidc.client.client_id is 'Its name in requests';
comment on column oidc.client.name is 'Its name on pages';
comment on column oidc.client.redirect_uris is 'Where codes may be sent, compared exactly';
comment on column oidc.client.post_logout_redirect_uris is 'Where a browser may be sent after signing out, compared exactly';
comment on column oidc.client.secret_tag is 'Keyed hash of the secret; absent for a client without one';
comment on column oidc.client.jwks is 'Public keys for private_key_jwt as a JWK set; absent for a client without them';
comment on column oidc.client.authentication is 'none, client_secret or private_key_jwt';
comment on column oidc.client.grants is 'Grant types that it may use';
comment on column oidc.client.scopes is 'Scopes that it may ask for';
comment on column oidc.client.third_party is 'Whether it belongs to somebody else than the operator, so that people are asked for consent';
comment on column oidc.client.signing_algorithm is 'ES256, RS256 or EdDSA';
comment on column oidc.client.user_info_algorithm is 'The same for signed answers of /userinfo; absent for plain JSON';
comment on column oidc.client.access_token_format is 'jwt or opaque';
comment on column oidc.client.access_token_seconds is 'How long an access token is good for';
comment on column oidc.client.audience is 'The aud of its access tokens; absent for the issuer';
comment on column oidc.client.back_channel_logout_uri is 'Where logout tokens are sent; absent where none are wanted';
comment on column oidc.client.dpop_required is 'Whether every token must be bound to a key';
comment on column oidc.client.par_required is 'Whether authorization requests must be pushed';
comment on column oidc.client.origins is 'Web origins from which its browsers call the token endpoints';
comment on column oidc.client.created_at is 'When it was first declared';
comment on column oidc.client.changed_at is 'When a field was last changed';
comment on column oidc.client.removed_at is 'Since when it is no longer declared; absent while it is';

create table oidc.consent (
    account_id uuid not null references account.account,
    client_id  text not null references oidc.client,
    scopes     text[] not null,
    given_at   timestamptz not null,
    primary key (account_id, client_id)
);
comment on table oidc.consent is 'What a person has agreed to give a client';
comment on column oidc.consent.account_id is 'The person';
comment on column oidc.consent.client_id is 'The client';
comment on column oidc.consent.scopes is 'The scopes agreed to, sorted';
comment on column oidc.consent.given_at is 'When the person last agreed';

create table oidc.grant (
    grant_id           uuid primary key,
    client_id          text not null references oidc.client,
    account_id         uuid not null references account.account,
    session_id         uuid not null references session.session,
    scopes             text[] not null,
    claims_request     text,
    nonce              text,
    level              text not null,
    methods            text[] not null,
    authenticated_at   timestamptz not null,
    created_at         timestamptz not null,
    code_redirect_uri  text,
    code_challenge     text,
    code_expires_at    timestamptz,
    code_used_at       timestamptz,
    key_thumbprint     text,
    refresh_generation integer not null,
    refreshed_at       timestamptz,
    refresh_expires_at timestamptz,
    revoked_at         timestamptz,
    revoked_because    text
);
create index grant_session on oidc.grant (session_id);
create index grant_account on oidc.grant (account_id) where revoked_at is null;
create index grant_client on oidc.grant (client_id) where revoked_at is null;
create index grant_created on oidc.grant (created_at);
comment on table oidc.grant is 'One authorization of a client by a person, from its code to its last refresh token';
comment on column oidc.grant.grant_id is 'UUIDv7; code, refresh token and access tokens name it';
comment on column oidc.grant.client_id is 'The client it was given to';
comment on column oidc.grant.account_id is 'The person who gave it';
comment on column oidc.grant.session_id is 'The session in which it was given';
comment on column oidc.grant.scopes is 'What was granted, sorted';
comment on column oidc.grant.claims_request is 'The parameter claims, as JSON; absent where none was sent';
comment on column oidc.grant.nonce is 'The parameter nonce; absent where none was sent';
comment on column oidc.grant.level is 'Assurance level of the sign-in: aal1, aal2 or aal3';
comment on column oidc.grant.methods is 'How the person proved it, as in the claim amr';
comment on column oidc.grant.authenticated_at is 'The claim auth_time';
comment on column oidc.grant.created_at is 'When the code was given';
comment on column oidc.grant.code_redirect_uri is 'Where the code was sent; absent for the device grant';
comment on column oidc.grant.code_challenge is 'PKCE S256; absent for the device grant';
comment on column oidc.grant.code_expires_at is 'Until when the code may be redeemed; absent for the device grant';
comment on column oidc.grant.code_used_at is 'When the code was redeemed; absent before';
comment on column oidc.grant.key_thumbprint is 'RFC 7638 thumbprint of the DPoP key that the tokens are bound to; absent for bearer tokens';
comment on column oidc.grant.refresh_generation is 'Number of the refresh token that is good now; 0 where none was given';
comment on column oidc.grant.refreshed_at is 'When that token was given';
comment on column oidc.grant.refresh_expires_at is 'Until when refreshing is possible';
comment on column oidc.grant.revoked_at is 'Since when nothing of this grant is good; absent while it is';
comment on column oidc.grant.revoked_because is 'code_replayed, refresh_replayed, revoked_by_client, signed_out or client_removed';

create table oidc.revocation (
    revoked_id text primary key,
    revoked_at timestamptz not null,
    expires_at timestamptz not null
);
create index revocation_expires on oidc.revocation (expires_at);
comment on table oidc.revocation is 'Access tokens that are no longer good although they have not expired';
comment on column oidc.revocation.revoked_id is 'The jti of one token, or the grant that all of them came from';
comment on column oidc.revocation.revoked_at is 'When it was revoked';
comment on column oidc.revocation.expires_at is 'When the last such token expires by itself, and this row with it';

create table oidc.device_authorization (
    device_code_hash bytea primary key,
    user_code        text not null unique,
    client_id        text not null references oidc.client,
    scopes           text[] not null,
    created_at       timestamptz not null,
    expires_at       timestamptz not null,
    polled_at        timestamptz,
    interval_seconds integer not null,
    decision         text,
    grant_id         uuid references oidc.grant,
    used_at          timestamptz
);
create index device_authorization_expires on oidc.device_authorization (expires_at);
create index device_authorization_grant on oidc.device_authorization (grant_id) where grant_id is not null;
comment on table oidc.device_authorization is 'A device that waits until a person lets it in (RFC 8628)';
comment on column oidc.device_authorization.device_code_hash is 'SHA-256 of the code that the device polls with';
comment on column oidc.device_authorization.user_code is 'What the person types, without its hyphen';
comment on column oidc.device_authorization.client_id is 'The client on the device';
comment on column oidc.device_authorization.scopes is 'What it asks for';
comment on column oidc.device_authorization.created_at is 'When it asked';
comment on column oidc.device_authorization.expires_at is 'Until when the codes are good';
comment on column oidc.device_authorization.polled_at is 'When the device last asked';
comment on column oidc.device_authorization.interval_seconds is 'How long it has to wait between two polls';
comment on column oidc.device_authorization.decision is 'allowed or denied; absent while the person has not said';
comment on column oidc.device_authorization.grant_id is 'What it was granted';
comment on column oidc.device_authorization.used_at is 'When the tokens were given';

create table oidc.pushed_request (
    request_hash bytea primary key,
    client_id    text not null references oidc.client,
    parameters   text not null,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    used_at      timestamptz
);
create index pushed_request_expires on oidc.pushed_request (expires_at);
comment on table oidc.pushed_request is 'Authorization requests pushed by clients (RFC 9126)';
comment on column oidc.pushed_request.request_hash is 'SHA-256 of the request_uri';
comment on column oidc.pushed_request.client_id is 'Who pushed it';
comment on column oidc.pushed_request.parameters is 'The request, form encoded, without the client''s authentication';
comment on column oidc.pushed_request.created_at is 'When it was pushed';
comment on column oidc.pushed_request.expires_at is 'Until when it may be used';
comment on column oidc.pushed_request.used_at is 'When it led to an answer; it may not lead to another';

create table oidc.used_assertion (
    assertion_hash bytea primary key,
    expires_at     timestamptz not null
);
create index used_assertion_expires on oidc.used_assertion (expires_at);
comment on table oidc.used_assertion is 'DPoP proofs and client assertions that were seen, so that none is good twice';
comment on column oidc.used_assertion.assertion_hash is 'SHA-256 of the kind, the sender and the jti';
comment on column oidc.used_assertion.expires_at is 'After this it would be refused for its age';

create table oidc.signing_key (
    key_id         text primary key,
    algorithm      text not null,
    public_jwk     text not null,
    private_sealed bytea not null,
    created_at     timestamptz not null,
    signs_from     timestamptz not null,
    signs_until    timestamptz not null,
    published_until timestamptz not null
);
comment on table oidc.signing_key is 'Keys that sign tokens, published before they sign and after';
comment on column oidc.signing_key.key_id is 'The kid: RFC 7638 thumbprint of the public key';
comment on column oidc.signing_key.algorithm is 'ES256, RS256 or EdDSA';
comment on column oidc.signing_key.public_jwk is 'The public key as JSON';
comment on column oidc.signing_key.private_sealed is 'The private JWK, sealed with the key in the data folder';
comment on column oidc.signing_key.created_at is 'When it was made, and first published';
comment on column oidc.signing_key.signs_from is 'When it begins to sign: late enough that every client has it';
comment on column oidc.signing_key.signs_until is 'When it stops to sign';
comment on column oidc.signing_key.published_until is 'When the last token it signed has expired';

create table watch.attempt (
    attempt_id uuid not null,
    at         timestamptz not null,
    tenant_id  uuid,
    identifier text not null,
    account_id uuid,
    address    text not null,
    user_agent text,
    device     text,
    client_id  text,
    step       text not null,
    outcome    text not null,
    reason     text,
    session_id uuid,
    primary key (at, attempt_id)
) partition by range (at);
create index attempt_account on watch.attempt (account_id, at);
create index attempt_identifier on watch.attempt (identifier, at);
create index attempt_address on watch.attempt (address, at);
comment on table watch.attempt is 'Each try at each step of a sign-in; rows are added and never changed';
comment on column watch.attempt.attempt_id is 'UUIDv7';
comment on column watch.attempt.at is 'When it was made';
comment on column watch.attempt.tenant_id is 'The organisation, where it is known';
comment on column watch.attempt.identifier is 'What was typed as the login name, normalised';
comment on column watch.attempt.account_id is 'The account it resolved to; absent where there is none';
comment on column watch.attempt.address is 'Source address';
comment on column watch.attempt.user_agent is 'Browser, as it was sent';
comment on column watch.attempt.device is 'Keyed hash of the long-lived device cookie; absent where none was presented';
comment on column watch.attempt.client_id is 'The client that the person was on the way to';
comment on column watch.attempt.step is 'password, totp, passkey, recovery_code, federated, reset_request or session';
comment on column watch.attempt.outcome is 'accepted, rejected or abandoned: what the check of the credential said';
comment on column watch.attempt.reason is 'Why it was rejected';
comment on column watch.attempt.session_id is 'The session started or used';

create table audit.event (
    event_id   uuid not null,
    at         timestamptz not null,
    kind       text not null,
    tenant_id  uuid,
    account_id uuid,
    client_id  text,
    session_id uuid,
    grant_id   uuid,
    address    text,
    details    jsonb not null,
    primary key (at, event_id)
) partition by range (at);
create index event_account on audit.event (account_id, at) where account_id is not null;
create index event_kind on audit.event (kind, at);
comment on table audit.event is 'Administrative acts, sessions and tokens; rows are added and never changed';
comment on column audit.event.event_id is 'UUIDv7';
comment on column audit.event.at is 'When it happened';
comment on column audit.event.kind is 'What happened: a code of the catalogue in docs/events.md';
comment on column audit.event.tenant_id is 'The organisation that it concerns';
comment on column audit.event.account_id is 'The account that it concerns';
comment on column audit.event.client_id is 'The client that it concerns';
comment on column audit.event.session_id is 'The session in which it happened';
comment on column audit.event.grant_id is 'The grant that it concerns';
comment on column audit.event.address is 'Source address of who did it';
comment on column audit.event.details is 'What else is worth knowing; never a secret';

create function audit.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the event log is append-only';
end
$$;
comment on function audit.refuse_change() is 'Keeps the logs append-only, whoever asks';
create trigger attempt_append_only before update or delete on watch.attempt
    for each row execute function audit.refuse_change();
create trigger event_append_only before update or delete on audit.event
    for each row execute function audit.refuse_change();

create table notify.outbox (
    message_id  uuid primary key,
    kind        text not null,
    target      text not null,
    payload     text not null,
    created_at  timestamptz not null,
    next_try_at timestamptz not null,
    tries       integer not null,
    done_at     timestamptz,
    given_up_at timestamptz,
    last_error  text
);
create index outbox_due on notify.outbox (next_try_at) where done_at is null and given_up_at is null;
create index outbox_created on notify.outbox (created_at);
comment on table notify.outbox is 'Messages to other systems, written with what caused them and sent after the commit';
comment on column notify.outbox.message_id is 'UUIDv7';
comment on column notify.outbox.kind is 'back_channel_logout';
comment on column notify.outbox.target is 'Where it goes';
comment on column notify.outbox.payload is 'What the sender of this kind needs to make the message';
comment on column notify.outbox.created_at is 'When it was written';
comment on column notify.outbox.next_try_at is 'When it is tried next';
comment on column notify.outbox.tries is 'How often it was tried';
comment on column notify.outbox.done_at is 'When the other side took it';
comment on column notify.outbox.given_up_at is 'When Monban stopped trying';
comment on column notify.outbox.last_error is 'What the last try met';
