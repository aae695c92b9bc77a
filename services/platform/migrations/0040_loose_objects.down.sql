DROP TABLE loose_objects;
