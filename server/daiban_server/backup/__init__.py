"""Backup and restore: one format for both databases, so a backup of one can be put back into the other.

::

    <folder>/photos/<centre>/<first two>/<sha256>     photos, kept once however many backups name them
    <folder>/<UTC time>/tables/<table>.rows           rows in chunks (see `archive`)
    <folder>/<UTC time>/manifest.json                 what there is, with hashes; written last

Keys are never in it: who has the backup can read, but not sign. They are copied to a place of their own.
"""
