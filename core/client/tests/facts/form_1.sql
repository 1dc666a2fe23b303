-- The phone's store, form 1. Released forms are never edited; later ones are migrations of their own.
-- Outbox, photo, blob and binding hold what exists nowhere else until the hub confirmed it; they keep their rowids, so
-- that a destroyed file can be salvaged row by row. The rest can be fetched or computed again.

CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- What this device wrote, in its own order. An event is pending until a page brought it (arrived).
-- status: 0 waiting, 1 accepted, 2 too late, 3 refused, 4 dismissed. signature: on the last event of a commit.
-- seen: the user dismissed the news that it came too late.
CREATE TABLE outbox (
    ord INTEGER PRIMARY KEY, device BLOB NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL,
    length INTEGER NOT NULL, id BLOB NOT NULL UNIQUE, ticket BLOB, kind INTEGER NOT NULL, at INTEGER NOT NULL,
    envelope BLOB NOT NULL, payload BLOB NOT NULL, private BLOB, signature BLOB, stamp BLOB NOT NULL,
    status INTEGER NOT NULL, fate BLOB, counter INTEGER NOT NULL, arrived INTEGER NOT NULL,
    seen INTEGER NOT NULL, UNIQUE (device, seq)
) STRICT;
CREATE INDEX outbox_ticket ON outbox (ticket, ord);
CREATE INDEX outbox_status ON outbox (status, ord);

-- Imported photos. facts: the photo as an event binds it; copied: whether copies were made or found impossible.
CREATE TABLE photo (
    original BLOB NOT NULL PRIMARY KEY, size INTEGER NOT NULL, kind TEXT NOT NULL, facts BLOB NOT NULL,
    width INTEGER, height INTEGER, imported INTEGER NOT NULL, copied INTEGER NOT NULL
) STRICT;
-- Files of photos, own and fetched. role: 0 thumbnail, 1 review copy, 2 original. held: the file is on this device.
CREATE TABLE blob (
    hash BLOB NOT NULL PRIMARY KEY, size INTEGER NOT NULL, role INTEGER NOT NULL, held INTEGER NOT NULL,
    on_hub INTEGER NOT NULL
) STRICT;
-- Which own event binds which file.
CREATE TABLE binding (hash BLOB NOT NULL, event BLOB NOT NULL, ticket BLOB NOT NULL, PRIMARY KEY (hash, event)) STRICT;
CREATE INDEX binding_event ON binding (event);

-- Files to send; ready once an event that binds them was accepted.
CREATE TABLE upload (
    hash BLOB NOT NULL PRIMARY KEY, role INTEGER NOT NULL, size INTEGER NOT NULL, ready INTEGER NOT NULL, url TEXT,
    offset INTEGER NOT NULL, tries INTEGER NOT NULL, next_at INTEGER NOT NULL, error TEXT
) STRICT;
CREATE INDEX upload_ready ON upload (ready, role, next_at);
-- Copies of others' photos to fetch.
CREATE TABLE wanted (
    hash BLOB NOT NULL PRIMARY KEY, role INTEGER NOT NULL, size INTEGER NOT NULL, ticket BLOB NOT NULL,
    tries INTEGER NOT NULL, next_at INTEGER NOT NULL
) STRICT;
CREATE INDEX wanted_role ON wanted (role, next_at);
CREATE INDEX wanted_ticket ON wanted (ticket);

-- The replica: all events of a ticket or, of one that this member lost (former), the own ones.
CREATE TABLE event (
    ticket BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, n INTEGER NOT NULL, member BLOB NOT NULL,
    kind INTEGER NOT NULL, received INTEGER NOT NULL, envelope BLOB NOT NULL, payload BLOB NOT NULL, private BLOB,
    stamp BLOB NOT NULL, mac BLOB NOT NULL, UNIQUE (ticket, seq)
) STRICT;
CREATE INDEX event_id ON event (id);
CREATE TABLE signature (
    device BLOB NOT NULL, seq INTEGER NOT NULL, ticket BLOB NOT NULL, signature BLOB NOT NULL, PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX signature_ticket ON signature (ticket);
CREATE TABLE ticket_key (key TEXT NOT NULL, ticket BLOB NOT NULL, PRIMARY KEY (key, ticket)) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_key_ticket ON ticket_key (ticket, key);
CREATE TABLE refetch (ticket BLOB NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE erased (event BLOB NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE document (
    hash BLOB NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, bytes BLOB NOT NULL, n INTEGER NOT NULL,
    in_force INTEGER NOT NULL
) STRICT;
CREATE TABLE member (member BLOB NOT NULL PRIMARY KEY, record BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE name (member BLOB NOT NULL PRIMARY KEY, name TEXT, title TEXT, asked INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX name_asked ON name (asked);
CREATE TABLE session (id INTEGER PRIMARY KEY, started INTEGER NOT NULL, ended INTEGER, result TEXT) STRICT;

-- States: computed from the events above, never the only copy (rebuild).
CREATE TABLE ticket (
    ticket BLOB NOT NULL PRIMARY KEY, state BLOB NOT NULL, seq INTEGER NOT NULL, event_hash BLOB NOT NULL,
    state_hash BLOB NOT NULL, newer INTEGER NOT NULL
) STRICT;
CREATE INDEX ticket_newer ON ticket (newer) WHERE newer = 1;
CREATE TABLE key_digest (key TEXT NOT NULL PRIMARY KEY, digest BLOB NOT NULL, tickets INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- What lists show: the fold of replica and pending events. card: the row; listed: its rows in listing.
CREATE TABLE shown (
    row INTEGER PRIMARY KEY, ticket BLOB NOT NULL UNIQUE, card BLOB NOT NULL, listed BLOB NOT NULL, cell INTEGER,
    words INTEGER NOT NULL
) STRICT;
CREATE TABLE listing (
    audience TEXT NOT NULL, sort INTEGER NOT NULL, ticket BLOB NOT NULL, stage INTEGER NOT NULL,
    PRIMARY KEY (audience, sort, ticket)
) STRICT, WITHOUT ROWID;
CREATE TABLE tally (audience TEXT NOT NULL, stage INTEGER NOT NULL, tickets INTEGER NOT NULL, PRIMARY KEY (audience, stage)) STRICT, WITHOUT ROWID;
CREATE TABLE spot (cell INTEGER NOT NULL, ticket BLOB NOT NULL, lat_e7 INTEGER NOT NULL, lon_e7 INTEGER NOT NULL, PRIMARY KEY (cell, ticket)) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (words, content = '', contentless_delete = 1, detail = full, tokenize = 'unicode61 remove_diacritics 0');
