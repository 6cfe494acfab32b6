"""The spine: taking batches into custody, laying their entries over records, and giving the feed back.

It is generic. A push goes ``http/sync.py`` → `daiban_sync` (pure) → `push` and `apply` (one transaction) and back by
`pull`; what a record kind means is said in `daiban_schemas.kinds`, and what its commands do in ``features/``.
"""
