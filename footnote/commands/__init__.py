"""The commands of `footnote`, those of one purpose in a file. `footnote.cli` puts them together."""
