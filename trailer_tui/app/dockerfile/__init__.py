"""What the Dockerfile editor holds: its document, without a widget."""
