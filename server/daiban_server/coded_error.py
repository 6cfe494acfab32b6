"""What a feature raises where something is wrong that has words in the shared catalogue of problems."""

from daiban_schemas.problem import PROBLEMS, Problem


class CodedError(Exception):
    """`code` is a key of `PROBLEMS`; `detail` is for developers and names no personal data."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail

    @property
    def problem(self) -> Problem:
        """Status and words."""
        return PROBLEMS[self.code]
