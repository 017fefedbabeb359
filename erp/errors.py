"""The errors that users of this room meet."""


class ErpError(Exception):
    """The ERP's data cannot be processed; the message says what is wrong and what to do."""


class SourceError(ErpError):
    """The source cannot be read, or lacks what it must have."""
