drop index dead_letters_by_state;
alter table dead_letters
    drop column changed_at,
    drop column replays,
    drop column state,
    drop column entry_id;
