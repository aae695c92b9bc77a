DROP FUNCTION court_is_visible(boolean, boolean, text, text);
DROP TABLE courts;
