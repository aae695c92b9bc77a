-- Files in the object store that no row names, and when each is thrown away. A file is loose before it is put and after
-- nothing names it any more; the row leaves in the transaction that names the file.
CREATE TABLE loose_objects (
    shelf         text NOT NULL,
    object_key    text NOT NULL,
    remove_at     timestamptz NOT NULL,
    -- Set while somebody throws the file away; from then on nothing may name it.
    claimed_until timestamptz,
    CONSTRAINT loose_objects_once PRIMARY KEY (shelf, object_key),
    CONSTRAINT loose_objects_shelf_known CHECK (shelf IN ('PUBLIC', 'PRIVATE'))
);

CREATE INDEX loose_objects_due ON loose_objects (remove_at);
