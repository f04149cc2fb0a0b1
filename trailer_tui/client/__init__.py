"""The typed asynchronous client: the only way from the app and the command line to the server.

May import `model`, `locations`, `config` and httpx. Knows nothing of SQLite, Docker or the server's code.
"""
