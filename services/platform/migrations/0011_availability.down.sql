DROP TABLE court_overrides;
DROP TABLE court_windows;
