"""The commands of `footnote`, those of one purpose in a file; `app` puts them together. Every command has `--json`."""
