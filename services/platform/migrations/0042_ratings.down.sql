ALTER TABLE courts DROP COLUMN rating_sum;
DROP TABLE court_ratings;
