DROP TABLE court_default_windows;
DROP TABLE court_default_tiers;
DROP TABLE court_defaults;
