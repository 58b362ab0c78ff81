-- How many pushed authorization requests and waiting devices of a client are kept is bounded.

alter table oidc.pushed_request add column opened_at timestamptz;
comment on column oidc.pushed_request.opened_at is 'When a browser first came with it; absent while none has, and for requests that release 0.1.0 took in';

create index pushed_request_waiting on oidc.pushed_request (client_id, expires_at) where used_at is null and opened_at is null;
create index pushed_request_opened on oidc.pushed_request (client_id, opened_at) where used_at is null and opened_at is not null;
create index device_authorization_waiting on oidc.device_authorization (client_id, expires_at) where decision is null;
