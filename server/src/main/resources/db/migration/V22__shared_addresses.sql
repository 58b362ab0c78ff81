-- Attempts that came through a proxy that nobody has declared.
alter table watch.attempt add column shared boolean;
comment on column watch.attempt.shared is 'Whether the address is that of a proxy that nobody has declared, so that it says nothing about who sends; absent where it is not, and in rows of releases before';
