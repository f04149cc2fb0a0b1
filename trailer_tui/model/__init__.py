"""What Trailer speaks of: records, forms, events, errors, and the rules that need no I/O.

May import `printable`, nothing else of Trailer. Modules without pydantic (`errors`, `status`, `reference`, `actions`,
`rows`, `identity`, `log`) are safe to import before the first frame; record and form modules are imported on first use.
"""
