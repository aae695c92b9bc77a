DROP VIEW transaction.v_open_matches;
