"""The terminal application: screens, widgets and dialogs over the client.

May import `client`, `model`, `dockerfile` (to check while typing), `config` and Textual. Modules that load before the
first frame import pydantic models and httpx only for type checking.
"""
