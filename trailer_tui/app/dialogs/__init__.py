"""Modal dialogs: confirm, show an error, choose one of a list."""
