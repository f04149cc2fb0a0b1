"""Small programs to compare with: what the same work costs with stock parts."""
