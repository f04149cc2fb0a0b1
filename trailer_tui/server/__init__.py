"""The background server: HTTP over a unix socket, peer credentials, start, idle stop.

May import `service` and what lies below it, and FastAPI. Never the terminal.
"""
