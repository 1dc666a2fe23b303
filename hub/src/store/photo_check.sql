-- One event may bind the same copy to several originals, and each of these says something of its own.
CREATE TABLE photo_binding_wide (
  workspace BLOB NOT NULL, hash BLOB NOT NULL, ticket BLOB NOT NULL, n INTEGER NOT NULL, member BLOB NOT NULL,
  size INTEGER NOT NULL, original BLOB NOT NULL, valid INTEGER NOT NULL,
  PRIMARY KEY (workspace, hash, ticket, n, original)
) STRICT, WITHOUT ROWID;
INSERT INTO photo_binding_wide SELECT workspace, hash, ticket, n, member, size, original, valid FROM photo_binding;
DROP TABLE photo_binding;
ALTER TABLE photo_binding_wide RENAME TO photo_binding;
CREATE INDEX photo_binding_by_member ON photo_binding (workspace, member, hash);
-- Whoever binds one photo to thousands of tickets costs nothing.
CREATE INDEX photo_binding_valid ON photo_binding (workspace, hash, member, ticket) WHERE valid = 1;
CREATE INDEX photo_binding_by_original ON photo_binding (workspace, original, hash);

-- Copies that have to be compared with their original, both being here. `verdict` is null until that was done.
CREATE TABLE photo_check (
  workspace BLOB NOT NULL, original BLOB NOT NULL, copy BLOB NOT NULL, verdict INTEGER, checked INTEGER,
  PRIMARY KEY (workspace, original, copy)
) STRICT, WITHOUT ROWID;
CREATE INDEX photo_check_waiting ON photo_check (workspace, original, copy) WHERE verdict IS NULL;
CREATE INDEX photo_check_doubtful ON photo_check (workspace, original, copy) WHERE verdict IN (1, 2);

-- Those that are here already.
INSERT INTO photo_check (workspace, original, copy)
SELECT DISTINCT copy.workspace, copy.original, copy.hash FROM photo_binding AS copy
JOIN photo_binding AS own ON own.workspace = copy.workspace AND own.hash = copy.original AND own.ticket = copy.ticket
  AND own.n = copy.n AND own.original = copy.original
WHERE copy.hash <> copy.original AND copy.valid = 1 AND own.valid = 1;
