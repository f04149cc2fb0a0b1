"""The parts of the create / edit image form: one file per section, and the controls they share.

Widgets post what the user did as messages; the screen owns the values and tells the widgets what to show.
"""
