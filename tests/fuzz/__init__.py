"""Bytes that no honest client sends, by the thousand: the sync body, bundles, spools, pictures.

``python -m tests.fuzz --inputs N`` sends N of them (`make fuzz`: 100,000); the tests send a share. Whatever comes, the
server answers with a problem or as it answered the honest one, its tables stay as they are, and it grows by no more
than the caps allow.
"""
