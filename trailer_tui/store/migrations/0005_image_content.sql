-- Files for images: an upload, whose content lies once by its sha256 outside the database, or an address.
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    content_type TEXT NOT NULL DEFAULT '',
    size INTEGER,
    sha256 TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (owner, name)
);
CREATE INDEX files_by_content ON files (sha256) WHERE sha256 IS NOT NULL;

-- Which files of its creator the configuration of an image names.
CREATE TABLE image_files (
    image_id INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (image_id, name)
) WITHOUT ROWID;
CREATE INDEX image_files_by_name ON image_files (name);

CREATE TRIGGER image_files_in AFTER INSERT ON image_documents BEGIN
    INSERT OR IGNORE INTO image_files
    SELECT new.image_id, json_extract(value, '$.file') FROM json_each(new.configuration, '$.files')
    WHERE json_extract(value, '$.source') = 'archive';
END;
CREATE TRIGGER image_files_over AFTER UPDATE OF configuration ON image_documents BEGIN
    DELETE FROM image_files WHERE image_id = new.image_id;
    INSERT OR IGNORE INTO image_files
    SELECT new.image_id, json_extract(value, '$.file') FROM json_each(new.configuration, '$.files')
    WHERE json_extract(value, '$.source') = 'archive';
END;

-- What the environments of a build became, which later builds take again, and what it took itself.
ALTER TABLE build_documents ADD COLUMN resolved TEXT NOT NULL DEFAULT '[]';
ALTER TABLE build_documents ADD COLUMN locked TEXT NOT NULL DEFAULT '[]';
-- Whether this build ignores what earlier ones resolved.
ALTER TABLE builds ADD COLUMN resolve_again INTEGER NOT NULL DEFAULT 0;

-- Passwords of the accounts of Windows images. The key that opens them lies in a file beside the database.
CREATE TABLE windows_passwords (
    image_id INTEGER PRIMARY KEY REFERENCES images(id) ON DELETE CASCADE,
    ciphertext BLOB NOT NULL
);
