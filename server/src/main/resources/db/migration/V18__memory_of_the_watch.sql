-- What the watch's memory forgets, and snapshots of a memory that is too large for one row.

create table watch.known_pair (
    pair    bigint primary key,
    last_on date not null
);
create index known_pair_last on watch.known_pair (last_on);
comment on table watch.known_pair is 'What an account has signed in with, asked for where the memory of the watch does not hold it; swept after 180 days';
comment on column watch.known_pair.pair is 'Keyed hash of an account, alone, with a device, or with the neighbourhood of an address; the key is not in the database';
comment on column watch.known_pair.last_on is 'The day of the last sign-in with it, up to a week late';

create table watch.snapshot_part (
    copy_id uuid not null,
    part    integer not null,
    name    text not null,
    state   bytea not null,
    primary key (copy_id, part)
);
create index snapshot_part_name on watch.snapshot_part (name);
comment on table watch.snapshot_part is 'A large snapshot of the watch, in parts; its row in watch.snapshot names the copy once all parts are there';
comment on column watch.snapshot_part.copy_id is 'The copy that it is a part of';
comment on column watch.snapshot_part.part is 'From -1 downwards all but the known pairs, one stream; from 0 on the known pairs, a piece each';
comment on column watch.snapshot_part.name is 'That of the snapshot';
comment on column watch.snapshot_part.state is 'As the watch writes it, compressed';
