"""Tests of `trailer_tui.dockerfile`."""
