-- Build secrets. The key that opens them lies in a file beside the database.
CREATE TABLE secrets (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    ciphertext BLOB NOT NULL,
    size INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (owner, name)
);

-- Which secrets the configuration of an image names, so that nobody has to read all documents to know.
CREATE TABLE image_secrets (
    image_id INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (image_id, name)
) WITHOUT ROWID;
CREATE INDEX image_secrets_by_name ON image_secrets (name);

INSERT OR IGNORE INTO image_secrets
SELECT image_id, value FROM image_documents, json_each(image_documents.configuration, '$.secrets');

CREATE TRIGGER image_secrets_in AFTER INSERT ON image_documents BEGIN
    INSERT OR IGNORE INTO image_secrets
    SELECT new.image_id, value FROM json_each(new.configuration, '$.secrets');
END;
CREATE TRIGGER image_secrets_over AFTER UPDATE OF configuration ON image_documents BEGIN
    DELETE FROM image_secrets WHERE image_id = new.image_id;
    INSERT OR IGNORE INTO image_secrets
    SELECT new.image_id, value FROM json_each(new.configuration, '$.secrets');
END;
