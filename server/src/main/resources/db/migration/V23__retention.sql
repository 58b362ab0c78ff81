-- What is over is found by its age, and deleted.

create index act_at on watch.act (at);
create index snapshot_taken on watch.snapshot (taken_at);
create index invitation_expires on member.invitation (expires_at);
create index recovery_ended on factor.recovery (ended_at) where ended_at is not null;
create index trusted_device_expires on factor.trusted_device (expires_at);
create index signing_key_published on oidc.signing_key (published_until);
create index bounce_at on notify.bounce (bounced_at);

alter table notify.thread add column made_at timestamptz not null default now();
comment on column notify.thread.made_at is 'When the channel was first told of it; of earlier releases, when this column was made';
create index thread_made on notify.thread (made_at);
