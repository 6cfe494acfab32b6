"""What cannot be done, and why."""


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """An act that cannot be obeyed; `code` is of the problem catalogue, `fields` say what is missing."""

    def __init__(self, code: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields
