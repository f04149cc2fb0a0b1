"""The `trailer` command for scripts and people: everything that the app does, one subcommand an action.

May import `client`, `model`, `config`, `humanize`, `printable`; starts the app by importing it only when asked.
"""
