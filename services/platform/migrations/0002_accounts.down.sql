DROP VIEW platform.v_user_skill_level;
DROP VIEW platform.v_user_basic;
DROP TABLE platform.stripe_connect_events;
DROP TABLE platform.user_skill_levels;
DROP TABLE platform.refresh_tokens;
DROP TABLE platform.sessions;
DROP TABLE platform.user_identities;
DROP TABLE platform.users;
