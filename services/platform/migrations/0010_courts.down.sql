DROP TRIGGER users_standing ON users;
DROP TABLE courts;
DROP FUNCTION users_pass_standing_to_courts();
DROP FUNCTION courts_take_standing_of_owner();
DROP FUNCTION owner_may_show_courts(boolean, text, text);
