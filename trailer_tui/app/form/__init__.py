"""What the create / edit form knows, without Textual: fields, typed values, problems, conflicts, saving.

May import `client`, `model`, `catalog` and `dockerfile`. Widgets in `app.widgets.form` show it,
`app.screens.image_form` drives it.
"""
