"""Docker hosts: build, pull, push, tag, remove, and what a host says it can do.

Synchronous throughout, because the transport blocks: short calls run on a small pool, every build, pull and push in a
thread of its own. May import `model`, `dockerfile` and docker-py; wraps every error of theirs into `model.errors`.
"""
