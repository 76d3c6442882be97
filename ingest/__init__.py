"""A source becomes documents in the knowledge base.

`pipeline` is the road: find and fetch, parse, clean, compare, split, embed, swap in, report. `loaders/` reads each format;
`sandbox` runs them in a process that can do nothing else.
"""
