-- What an administrator decides about a host beyond its address. Hosts that exist get what new ones begin with.

ALTER TABLE hosts ADD COLUMN builder TEXT NOT NULL DEFAULT 'auto';
ALTER TABLE hosts ADD COLUMN pull_minutes INTEGER NOT NULL DEFAULT 60;
ALTER TABLE hosts ADD COLUMN build_minutes INTEGER NOT NULL DEFAULT 240;
ALTER TABLE hosts ADD COLUMN push_minutes INTEGER NOT NULL DEFAULT 60;
ALTER TABLE hosts ADD COLUMN registry_mirror TEXT NOT NULL DEFAULT '';
ALTER TABLE hosts ADD COLUMN installer_image TEXT NOT NULL DEFAULT '';
-- JSON: an array of strings, and an object with the paths of the certificates or null.
ALTER TABLE hosts ADD COLUMN labels TEXT NOT NULL DEFAULT '[]';
ALTER TABLE hosts ADD COLUMN tls TEXT NOT NULL DEFAULT 'null';
-- Counts what people change, so that an edit that began before another one's is told so.
ALTER TABLE hosts ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

-- Prune asks for the images that the builds of a host made.
CREATE INDEX builds_made ON builds (host_id, docker_image_id) WHERE docker_image_id IS NOT NULL;
