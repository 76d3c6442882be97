"""The knowledge base, Footnote's lowest floor.

`catalog` (SQL) holds the truth: sources, documents, versions, chunks with their text and vectors. `vectors` (Chroma) and
`keywords` (tantivy) are indexes over it that can be rebuilt at any time; `search` asks both and fuses what they find.
Nothing here knows of questions, answers, files or Slack.
"""
