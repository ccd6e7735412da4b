"""What a command answers when it can't be done."""


class Cannot(Exception):
    """A command can't be done; one clear sentence that names the argument or file and what was expected."""
