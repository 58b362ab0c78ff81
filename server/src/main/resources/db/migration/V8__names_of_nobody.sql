-- A password that was typed as the login name is not kept with a case.

update desk.support_case set identifier = '' where account_id is null;
comment on column desk.support_case.identifier is 'What was typed as the login name, the last time; empty where it may have been something else';
comment on column watch.remark.near is 'How its password missed the right one: typo, caps_lock, full_width, stray_space, old_password, layout, other_account or swapped';
