"""One file that proves, years later and offline, what was handed in for a case, signed and received.

`document` is the file's form, `statements` what the server says in it under its receipt key, `check` the verifier,
`words` what each of its steps proves and what no step can. The page for other languages is ``sync/EVIDENCE.md``.
"""

from daiban_sync.evidence.check import verify
from daiban_sync.evidence.verdict import Step, Verdict

__all__ = ["Step", "Verdict", "verify"]
