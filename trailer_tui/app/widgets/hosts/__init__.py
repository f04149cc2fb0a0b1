"""The tables of the Hosts area."""
