"""Records in SQLite, logs in files: schema, migrations, search and paging.

May import `model` and aiosqlite. Knows nothing of Docker, HTTP or permissions.
"""
