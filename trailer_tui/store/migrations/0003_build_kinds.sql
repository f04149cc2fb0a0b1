-- What an entry of the queue does: the whole build, or only the push of the image that the last one made.
ALTER TABLE builds ADD COLUMN kind TEXT NOT NULL DEFAULT 'build';
-- What was said before it began, such as that the host's disk is nearly full: a JSON list of sentences.
ALTER TABLE builds ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
