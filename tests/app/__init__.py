"""The terminal application, driven by keys."""
