-- Timestamps are milliseconds since the epoch, UTC. Documents that are read one at a time have tables of their own, so
-- that a page of the rows that lists and sorts walk over holds many of them.

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE hosts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    parallel_builds INTEGER NOT NULL,
    squash_default INTEGER NOT NULL
);

-- What each engine answered when it was last asked: one JSON document.
CREATE TABLE host_capabilities (
    host_id INTEGER PRIMARY KEY REFERENCES hosts(id) ON DELETE CASCADE,
    capabilities TEXT NOT NULL,
    asked_at INTEGER NOT NULL
);

CREATE TABLE images (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    is_template INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    creator TEXT NOT NULL,
    status TEXT NOT NULL,
    -- The order in which the states are defined.
    status_rank INTEGER NOT NULL GENERATED ALWAYS AS (
        CASE status
            WHEN 'build_pending' THEN 0
            WHEN 'building' THEN 1
            WHEN 'build_finished' THEN 2
            WHEN 'build_cancelled' THEN 3
            WHEN 'snapshotting' THEN 4
            WHEN 'error' THEN 5
            ELSE 99
        END
    ) VIRTUAL,
    status_detail TEXT NOT NULL DEFAULT '',
    image_name TEXT NOT NULL,
    host_id INTEGER NOT NULL REFERENCES hosts(id),
    enabled INTEGER NOT NULL,
    pulled INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- Grows with edits; an edit names the one it started from.
    revision INTEGER NOT NULL DEFAULT 1,
    -- Grows with every change, status included.
    changes INTEGER NOT NULL DEFAULT 1,
    last_build_id INTEGER,
    last_build_number INTEGER,
    changed_since_build INTEGER NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX images_unique_name ON images (creator, is_template, name_folded);
CREATE INDEX images_by_name ON images (is_template, name_folded);
CREATE INDEX images_by_status ON images (is_template, status_rank);
CREATE INDEX images_by_image_name ON images (is_template, image_name COLLATE NOCASE);
CREATE INDEX images_by_host ON images (host_id, is_template);
CREATE INDEX images_by_enabled ON images (is_template, enabled);
CREATE INDEX images_by_pulled ON images (is_template, pulled);
CREATE INDEX images_by_updated ON images (is_template, updated_at);

-- Counted as records come and go: counting 100,000 rows for each keystroke of a search takes longer than finding them.
CREATE TABLE image_counts (
    is_template INTEGER PRIMARY KEY,
    count INTEGER NOT NULL
);
INSERT INTO image_counts VALUES (0, 0), (1, 0);

CREATE TRIGGER images_counted_in AFTER INSERT ON images BEGIN
    UPDATE image_counts SET count = count + 1 WHERE is_template = new.is_template;
END;
CREATE TRIGGER images_counted_out AFTER DELETE ON images BEGIN
    UPDATE image_counts SET count = count - 1 WHERE is_template = old.is_template;
END;
CREATE TRIGGER images_counted_over AFTER UPDATE OF is_template ON images BEGIN
    UPDATE image_counts SET count = count - 1 WHERE is_template = old.is_template;
    UPDATE image_counts SET count = count + 1 WHERE is_template = new.is_template;
END;

CREATE TABLE image_documents (
    image_id INTEGER PRIMARY KEY REFERENCES images(id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    configuration_version INTEGER NOT NULL,
    configuration TEXT NOT NULL
);

-- The folded text that search looks through; the index over it is derived and made when the database is opened.
CREATE TABLE image_texts (
    image_id INTEGER PRIMARY KEY REFERENCES images(id) ON DELETE CASCADE,
    folded TEXT NOT NULL
);

CREATE TABLE builds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    image_name TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    host_id INTEGER NOT NULL,
    host_name TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    reference TEXT NOT NULL,
    steps_done INTEGER NOT NULL DEFAULT 0,
    steps_total INTEGER,
    waiting_reason TEXT NOT NULL DEFAULT '',
    docker_image_id TEXT,
    digest TEXT,
    size INTEGER,
    layers INTEGER,
    log_size INTEGER NOT NULL DEFAULT 0,
    log_lines INTEGER NOT NULL DEFAULT 0,
    log_kept INTEGER NOT NULL DEFAULT 1,
    failure TEXT,
    retry_of INTEGER,
    UNIQUE (image_id, number)
);

CREATE UNIQUE INDEX builds_one_active_per_image ON builds (image_id) WHERE state IN ('pending', 'running');
CREATE INDEX builds_active ON builds (state, host_id) WHERE state IN ('pending', 'running');

-- The snapshot of what was built.
CREATE TABLE build_documents (
    build_id INTEGER PRIMARY KEY REFERENCES builds(id) ON DELETE CASCADE,
    configuration_version INTEGER NOT NULL,
    configuration TEXT NOT NULL,
    dockerfile TEXT
);

CREATE TABLE steps (
    build_id INTEGER NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    phase TEXT NOT NULL,
    number INTEGER,
    total INTEGER,
    instruction TEXT NOT NULL,
    line INTEGER,
    state TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    duration_ms INTEGER,
    error TEXT NOT NULL DEFAULT '',
    layers TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (build_id, ordinal)
) WITHOUT ROWID;
