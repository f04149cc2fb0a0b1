"""A build log on the reader's side: a local copy, an index of it, searching and filtering, and safe text.

Nothing here holds the lines of a log: a view asks for the few it shows. May import `model`, `locations`, `printable`;
the modules that a matching process loads (`matching`, `escapes`, `matching_process`) import nothing beyond those.
"""
