-- Confidential clients may be declared to ask for codes without PKCE (RFC 9700, section 2.1.1).
-- A code that was asked for so has an empty challenge and not an absent one: release 0.1.0 takes an
-- absent one for the device grant, and matches an empty one with no verifier.
alter table oidc.client add column pkce_optional boolean not null default false;
comment on column oidc.client.pkce_optional is 'Whether authorization requests without a code_challenge are taken; never for a client that proves nothing';
comment on column oidc.grant.code_challenge is 'PKCE S256; empty where the request carried none; absent for the device grant';
