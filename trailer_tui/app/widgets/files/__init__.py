"""The table of the Files area."""
