"""What the app says of builds: their state, their outcome and their failure in words.

May import `log.escapes` of the app, `model`, `humanize` and `printable`.
"""
