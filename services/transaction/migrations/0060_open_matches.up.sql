-- What a map may show of open matches (FIND-22): no names, those belong to the reader. There are no matches yet, so it
-- is truthfully empty; whoever brings them replaces the view and keeps its columns.
CREATE VIEW transaction.v_open_matches AS
SELECT NULL::uuid    AS match_id,
       NULL::uuid    AS court_id,
       NULL::uuid    AS creator_id,
       NULL::integer AS creator_skill_level,
       NULL::integer AS skill_range_min,
       NULL::integer AS skill_range_max,
       NULL::integer AS current_players,
       NULL::integer AS max_players,
       NULL::bigint  AS cost_per_player_cents,
       NULL::date    AS date,
       NULL::time    AS start_time,
       NULL::boolean AS auto_accept
WHERE false;

GRANT SELECT ON transaction.v_open_matches TO courtside_platform;
