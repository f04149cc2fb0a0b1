"""The catalogue: YAML data read from this package, such as the base images that the form suggests.

May import `model`. Does no input or output beyond reading its own files.
"""
