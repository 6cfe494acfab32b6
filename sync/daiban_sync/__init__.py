"""The rules of Daiban's field sync, without I/O.

Time, randomness and bytes come in as arguments, so the server, the SDK and the simulator run the same
code. What each module holds:

======================  =====================================================================
``merge``, ``view``     multi-value registers: which head a change replaces, what a person sees
``batch``, ``receipt``  what a device hands in, and what the centre signs for it
``merkle``, ``note``    the centre's log of batches, its checkpoints and proofs
``frames``, ``wire``    the bytes of one sync request and one answer
``session``             both ends of a round trip
``signature``           RFC 9421 request signatures, RFC 9530 digests
``chunks``, ``clock``   how much photo to send next; what time it may have been
======================  =====================================================================
"""
