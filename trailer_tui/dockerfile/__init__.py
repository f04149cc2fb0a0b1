"""Dockerfiles: parse, check, and generate from an image's configuration.

May import `model`, `catalog` and jinja2. Does no input or output beyond reading its own templates.
"""
