"""What the Files area shows and does, without widgets: columns, words, search, order, and files of this machine."""
