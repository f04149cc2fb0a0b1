"""What the app says of hosts, and what it does to them: words, columns, questions and calls, without a screen.

May import `dialogs`, `builds`, `session`, `text_line`, `model`, `humanize` and `printable`.
"""
