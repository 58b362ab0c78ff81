-- Names in parts, where they are declared; a name is never split by guess.
alter table account.account add column given_name text;
alter table account.account add column family_name text;
comment on column account.account.given_name is 'The claim given_name, as it was declared; absent where it is not known';
comment on column account.account.family_name is 'The claim family_name, as it was declared; absent where it is not known';

-- Claims that the parameter claims names, beyond the scopes that were asked for.
alter table oidc.grant add column claim_scopes text[] not null default '{}';
comment on column oidc.grant.claim_scopes is 'Scopes that would cover the claims asked for by name, beyond those that were granted; sorted';
