DROP TABLE courts;
