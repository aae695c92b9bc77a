DROP VIEW v_court_cancellation_tiers;
DROP VIEW v_court_summary;
