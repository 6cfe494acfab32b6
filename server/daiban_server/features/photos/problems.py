"""What can go wrong with a photo: a code of the shared catalogue."""

from daiban_server.coded_error import CodedError


class PhotoError(CodedError):
    """A code of the catalogue, about a photo."""
