"""Tests of `trailer_tui.catalog`."""
