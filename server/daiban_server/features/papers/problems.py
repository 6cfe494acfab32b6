"""What can go wrong with a paper: a code of the shared catalogue."""

from daiban_server.coded_error import CodedError


class PaperError(CodedError):
    """A code of the catalogue, about a paper."""
