-- Up to where a device's author had seen the order: what it once named as its base it does not fall behind again.
ALTER TABLE device ADD COLUMN seen_low INTEGER NOT NULL DEFAULT 0;
