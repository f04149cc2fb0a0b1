"""The store: records, search, migrations, damaged files, full disks, logs."""
