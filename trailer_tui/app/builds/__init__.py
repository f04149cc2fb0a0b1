"""What the app says of builds: their state, their outcome and their failure in words.

May import `model`, `humanize` and `printable`.
"""
