-- The watch: what was decided about each attempt, the campaigns, what a new place is asked for.

create sequence watch.attempt_position;
alter table watch.attempt add column position bigint not null default nextval('watch.attempt_position');
alter table watch.attempt add column written_by xid8 not null default pg_current_xact_id();
alter table watch.attempt add column step_up text;
alter table watch.attempt add column verdict text not null default 'allow';
alter table watch.attempt add column reasons text[] not null default '{}';
alter table watch.attempt add column policy text;
alter table watch.attempt add column campaign_id uuid;
create index attempt_order on watch.attempt (written_by, position);
create index attempt_tenant on watch.attempt (tenant_id, at);
create index attempt_reason on watch.attempt ((reasons[1]), at);
create index attempt_campaign on watch.attempt (campaign_id, at) where campaign_id is not null;
comment on column watch.attempt.position is 'Order within the transaction that wrote it';
comment on column watch.attempt.written_by is 'The transaction that wrote it: nodes follow the log in this order, up to the oldest transaction that is still open';
comment on column watch.attempt.step_up is 'Of a step_up verdict: failed where no further proof had come when this was written; the proof is an attempt of its own';
comment on column watch.attempt.verdict is 'allow, step_up, throttle or deny; what was throttled or denied was not checked and has the outcome abandoned';
comment on column watch.attempt.reasons is 'Why, the strongest first; each has its page in docs/watch';
comment on column watch.attempt.policy is 'Version of the policy that judged it';
comment on column watch.attempt.campaign_id is 'The campaign that it was held for a part of';

create table watch.campaign (
    campaign_id uuid primary key,
    kind        text not null,
    account_id  uuid,
    tenant_id   uuid,
    explanation text not null,
    started_at  timestamptz not null,
    found_at    timestamptz not null,
    last_at     timestamptz not null,
    ended_at    timestamptz,
    attempts    bigint not null,
    stopped     bigint not null
);
create index campaign_last on watch.campaign (last_at);
comment on table watch.campaign is 'Attacks that the watch found, one row each however long they last';
comment on column watch.campaign.campaign_id is 'UUIDv7';
comment on column watch.campaign.kind is 'What it is, such as credential_stuffing';
comment on column watch.campaign.account_id is 'The only account that it is at; absent for several';
comment on column watch.campaign.tenant_id is 'The only organisation that it is at; absent for several';
comment on column watch.campaign.explanation is 'What was seen when it was found, in one sentence';
comment on column watch.campaign.started_at is 'When its first known attempt was made';
comment on column watch.campaign.found_at is 'When it was found';
comment on column watch.campaign.last_at is 'When its last known attempt was made';
comment on column watch.campaign.ended_at is 'Since when it is held for over';
comment on column watch.campaign.attempts is 'Attempts known to belong to it';
comment on column watch.campaign.stopped is 'Those of them whose credential was not checked';

create table watch.snapshot (
    name       text primary key,
    taken_at   timestamptz not null,
    written_by xid8 not null,
    position   bigint not null,
    state      bytea not null
);
comment on table watch.snapshot is 'What the watch remembers, so that a start need not read the whole log';
comment on column watch.snapshot.name is 'Version of the policy and sizes of the memory';
comment on column watch.snapshot.taken_at is 'When it was written';
comment on column watch.snapshot.written_by is 'The log was followed up to here: transaction';
comment on column watch.snapshot.position is 'The log was followed up to here: position';
comment on column watch.snapshot.state is 'As the watch writes it, compressed; keyed hashes and ids of attempts';

create schema login;
comment on schema login is 'Proofs that are asked for besides the password';
create table login.challenge (
    challenge_id bytea primary key,
    identifier   text not null,
    account_id   uuid,
    fits         boolean not null,
    code         bytea not null,
    made_at      timestamptz not null,
    expires_at   timestamptz not null,
    tries        integer not null default 0,
    used_at      timestamptz
);
create index challenge_expires on login.challenge (expires_at);
create index challenge_account on login.challenge (account_id, made_at);
comment on table login.challenge is 'Six-digit codes that were sent, or seemingly sent, to people at new places';
comment on column login.challenge.challenge_id is 'Hash of the token in the page that asks for the code';
comment on column login.challenge.identifier is 'What was typed as the login name, normalised';
comment on column login.challenge.account_id is 'The account that it led to; absent where there is none';
comment on column login.challenge.fits is 'Whether a code was made that fits; false where the password was wrong, or was not checked';
comment on column login.challenge.code is 'Keyed hash of the code';
comment on column login.challenge.made_at is 'When it was made';
comment on column login.challenge.expires_at is 'Until when it is taken';
comment on column login.challenge.tries is 'How many codes were tried';
comment on column login.challenge.used_at is 'When the right code came';

create table notify.thread (
    channel  text not null,
    topic_id uuid not null,
    thread   text not null,
    primary key (channel, topic_id)
);
comment on table notify.thread is 'Where a channel with threads tells of a topic';
comment on column notify.thread.channel is 'Name of the channel in the declared state';
comment on column notify.thread.topic_id is 'What the messages are about, such as a campaign';
comment on column notify.thread.thread is 'The thread as the other side names it';
