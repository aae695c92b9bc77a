DROP TABLE favorite_alerts;
DROP INDEX favorite_courts_by_court;
DROP INDEX favorite_courts_newest;
