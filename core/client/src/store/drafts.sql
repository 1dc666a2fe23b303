-- Form 2: what a user was in the middle of, and what the phone already told its user.
-- draft holds what exists nowhere else and keeps its rowids; body: the whole draft.
CREATE TABLE draft (id BLOB NOT NULL PRIMARY KEY, changed INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX draft_changed ON draft (changed);
-- Notices that were told. subject: a ticket or an own event; mark: what tells two notices of one kind about it apart.
CREATE TABLE told (
    kind INTEGER NOT NULL, subject BLOB NOT NULL, mark INTEGER NOT NULL, PRIMARY KEY (kind, subject, mark)
) STRICT, WITHOUT ROWID;
