"""Trailer: define, build and share container workspace images from a terminal.

`docs/architecture.md` draws the packages below this one and the two boundaries between them.
"""

__version__ = "0.1.0"
