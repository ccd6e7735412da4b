"""Where no prediction is made."""


class PredictionRefused(ValueError):
    """No prediction; the message is one sentence that names what was wrong and what was expected."""
