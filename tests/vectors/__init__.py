"""Golden bytes for other languages, and the worked examples of ``sync/PROTOCOL.md``.

``python -m tests.vectors`` writes both anew from fixed keys and inputs; `test_vectors` fails where either differs from
what the code does.
"""
