DROP TABLE search_preferences;
DROP TABLE favorite_courts;
