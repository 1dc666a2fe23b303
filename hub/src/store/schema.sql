-- The hub's database. Every primary and unique key begins with the workspace, which is tenancy and shard key at once;
-- there is no sequence, no trigger and no foreign key, so that a server database can hold the same tables.
-- Instants are milliseconds since 1970 (UTC); ids are 16 bytes, hashes and keys 32; codes and keys are text.

-- ---- The log and what is folded from it -----------------------------------------------------------------------------

-- One row: where the hub's order stands. `behind` is set when a device proved that this database is older than what it
-- has seen; then nothing is written until the operator opens a new epoch. `lasting` counts the bytes of the file of what
-- outlives a restore that this database knows of.
CREATE TABLE workspace (
  workspace BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL, epoch INTEGER NOT NULL, head_n INTEGER NOT NULL,
  chain BLOB NOT NULL, hub BLOB NOT NULL, hub_seq INTEGER NOT NULL, hub_hash BLOB NOT NULL, law INTEGER NOT NULL,
  safe_n INTEGER NOT NULL, behind INTEGER NOT NULL, lasting INTEGER NOT NULL, created INTEGER NOT NULL
) STRICT;

-- Epochs, with the device id under which the hub signs in each. The order up to `fork_at` is the one from before.
CREATE TABLE epoch (
  workspace BLOB NOT NULL, epoch INTEGER NOT NULL, fork_at INTEGER NOT NULL, opened INTEGER NOT NULL,
  hub BLOB NOT NULL,
  PRIMARY KEY (workspace, epoch)
) STRICT, WITHOUT ROWID;

-- The log. `subject_kind`: 0 ticket, 1 member, 2 workspace (its id is then the workspace's).
CREATE TABLE event (
  workspace BLOB NOT NULL, n INTEGER NOT NULL, subject_kind INTEGER NOT NULL, subject BLOB NOT NULL,
  seq INTEGER NOT NULL, id BLOB NOT NULL, device BLOB NOT NULL, device_seq INTEGER NOT NULL, kind INTEGER NOT NULL,
  member BLOB NOT NULL, received INTEGER NOT NULL, envelope BLOB NOT NULL, payload BLOB NOT NULL, private BLOB,
  stamp BLOB NOT NULL, hash BLOB NOT NULL, mac BLOB NOT NULL,
  PRIMARY KEY (workspace, n), UNIQUE (workspace, id), UNIQUE (workspace, subject_kind, subject, seq)
) STRICT;
CREATE INDEX event_by_member ON event (workspace, member, subject) WHERE subject_kind = 0;

-- Signatures of commits; `seq` is the device's sequence and `n` the number of the commit's last event.
CREATE TABLE commit_signature (
  workspace BLOB NOT NULL, device BLOB NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL, signature BLOB NOT NULL,
  PRIMARY KEY (workspace, device, seq)
) STRICT, WITHOUT ROWID;

-- Signed heads, one for each group commit; the number at which an epoch forks has one of each.
CREATE TABLE head (
  workspace BLOB NOT NULL, n INTEGER NOT NULL, epoch INTEGER NOT NULL, chain BLOB NOT NULL, at INTEGER NOT NULL,
  signature BLOB NOT NULL, PRIMARY KEY (workspace, n, epoch)
) STRICT;

-- Cache: the fold of each ticket. `bytes` counts what its events hold.
CREATE TABLE ticket (
  workspace BLOB NOT NULL, ticket BLOB NOT NULL, stage INTEGER NOT NULL, state BLOB NOT NULL, last_n INTEGER NOT NULL,
  event_hash BLOB NOT NULL, state_hash BLOB NOT NULL, short_number TEXT, bytes INTEGER NOT NULL,
  PRIMARY KEY (workspace, ticket)
) STRICT;
CREATE INDEX ticket_by_short_number ON ticket (workspace, short_number) WHERE short_number IS NOT NULL;

-- Cache: under which keys replicas see a ticket, updated in place.
CREATE TABLE feed (
  workspace BLOB NOT NULL, key TEXT NOT NULL, ticket BLOB NOT NULL, entered INTEGER NOT NULL, changed INTEGER NOT NULL,
  left INTEGER, closed INTEGER NOT NULL, PRIMARY KEY (workspace, key, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_live ON feed (workspace, key, changed);
CREATE INDEX feed_fill ON feed (workspace, key, closed, changed) WHERE left IS NULL;
CREATE INDEX feed_ticket ON feed (workspace, ticket);

-- Cache: the digest of each key.
CREATE TABLE key_digest (
  workspace BLOB NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (workspace, key)
) STRICT, WITHOUT ROWID;

-- The next instant at which the hub looks at an open ticket's clocks.
CREATE TABLE timer (
  workspace BLOB NOT NULL, ticket BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (workspace, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_by_time ON timer (workspace, at);

-- The last short number of each local day.
CREATE TABLE short_number (
  workspace BLOB NOT NULL, day TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (workspace, day)
) STRICT, WITHOUT ROWID;

-- Events whose private parts are gone for good; the list outlives restores.
CREATE TABLE erased (
  workspace BLOB NOT NULL, event BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (workspace, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_by_number ON erased (workspace, n);

-- ---- People, devices, outcomes --------------------------------------------------------------------------------------

-- Members with their record in force and, outside the log, what the directory says of them.
CREATE TABLE member (
  workspace BLOB NOT NULL, member BLOB NOT NULL, n INTEGER NOT NULL, record BLOB NOT NULL, name TEXT, title TEXT,
  phone TEXT, PRIMARY KEY (workspace, member)
) STRICT;
CREATE INDEX member_by_number ON member (workspace, n);

-- Who held which role when: from the event `from_n` up to, not including, the event `to_n`.
CREATE TABLE member_role (
  workspace BLOB NOT NULL, member BLOB NOT NULL, role INTEGER NOT NULL, key TEXT NOT NULL, from_n INTEGER NOT NULL,
  to_n INTEGER, ended_at INTEGER, PRIMARY KEY (workspace, member, role, key, from_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_role_by_key ON member_role (workspace, role, key) WHERE to_n IS NULL;

-- Who subscribed to which key when.
CREATE TABLE member_key (
  workspace BLOB NOT NULL, member BLOB NOT NULL, key TEXT NOT NULL, from_n INTEGER NOT NULL, to_n INTEGER,
  PRIMARY KEY (workspace, member, key, from_n)
) STRICT, WITHOUT ROWID;

-- Devices with the head of their chain. A device that was re-keyed is revoked and names its successor.
CREATE TABLE device (
  workspace BLOB NOT NULL, device BLOB NOT NULL, member BLOB NOT NULL, public_key BLOB NOT NULL, token_hash BLOB NOT NULL,
  label TEXT NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, outcome_counter INTEGER NOT NULL,
  last_corrected INTEGER NOT NULL, enrolled INTEGER NOT NULL, revoked INTEGER, lost INTEGER NOT NULL, successor BLOB,
  PRIMARY KEY (workspace, device), UNIQUE (workspace, token_hash)
) STRICT;
CREATE INDEX device_by_member ON device (workspace, member);
CREATE INDEX device_by_successor ON device (workspace, successor) WHERE successor IS NOT NULL;

-- What the hub consumed of each device's chain. `n` is null for a refused event; the bytes of a refused commit stand at
-- its last event, so that the office can admit it.
CREATE TABLE device_log (
  workspace BLOB NOT NULL, device BLOB NOT NULL, seq INTEGER NOT NULL, envelope_hash BLOB NOT NULL, event BLOB NOT NULL,
  n INTEGER, commit_bytes BLOB, PRIMARY KEY (workspace, device, seq)
) STRICT;
CREATE INDEX device_log_refused ON device_log (workspace, event) WHERE n IS NULL;

-- The outcome feed of each device. `source` is the device whose chain holds the event: `device` itself, or one that it
-- was re-keyed from, since a feed moves to the successor.
CREATE TABLE outcome (
  workspace BLOB NOT NULL, device BLOB NOT NULL, counter INTEGER NOT NULL, source BLOB NOT NULL, seq INTEGER NOT NULL,
  event BLOB, fate BLOB NOT NULL, PRIMARY KEY (workspace, device, counter)
) STRICT;
CREATE INDEX outcome_by_source ON outcome (workspace, source, seq, counter);

-- One-time codes. `device` is the one that used it.
CREATE TABLE invitation (
  workspace BLOB NOT NULL, secret_hash BLOB NOT NULL, member BLOB NOT NULL, expires INTEGER NOT NULL, used INTEGER,
  device BLOB, PRIMARY KEY (workspace, secret_hash)
) STRICT;

-- ---- Reference documents --------------------------------------------------------------------------------------------

-- `kind` as in document_published; `code` tells calendars apart and is empty for the other kinds; `n` is the event that
-- last published it.
CREATE TABLE document (
  workspace BLOB NOT NULL, hash BLOB NOT NULL, kind INTEGER NOT NULL, code TEXT NOT NULL, bytes BLOB NOT NULL,
  n INTEGER NOT NULL, in_force INTEGER NOT NULL, PRIMARY KEY (workspace, hash)
) STRICT;
CREATE INDEX document_in_force ON document (workspace, n) WHERE in_force = 1;

-- Codes that were removed and are never used again, with who takes over. Until `done`, open tickets are being moved;
-- `progress` is the last ticket that was.
CREATE TABLE retired (
  workspace BLOB NOT NULL, kind INTEGER NOT NULL, code TEXT NOT NULL, successor TEXT NOT NULL, cause BLOB NOT NULL,
  progress BLOB, done INTEGER NOT NULL, PRIMARY KEY (workspace, kind, code)
) STRICT, WITHOUT ROWID;

-- ---- Photos and uploads ---------------------------------------------------------------------------------------------

-- Files that are here, whole and durable. They lie on the disk under their hash.
CREATE TABLE photo (
  workspace BLOB NOT NULL, hash BLOB NOT NULL, size INTEGER NOT NULL, arrived INTEGER NOT NULL,
  PRIMARY KEY (workspace, hash)
) STRICT, WITHOUT ROWID;

-- Which accepted event binds which file. `original` is the photo that the file is or is a copy of; `valid`: the author
-- sent all bytes, or could read them already.
CREATE TABLE photo_binding (
  workspace BLOB NOT NULL, hash BLOB NOT NULL, ticket BLOB NOT NULL, n INTEGER NOT NULL, member BLOB NOT NULL,
  size INTEGER NOT NULL, original BLOB NOT NULL, valid INTEGER NOT NULL, PRIMARY KEY (workspace, hash, ticket, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX photo_binding_by_member ON photo_binding (workspace, member, hash);
