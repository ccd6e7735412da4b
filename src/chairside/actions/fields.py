"""Bad input, by field: one sentence each."""

from collections.abc import Mapping

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models


class BadFields(ValueError):
    """Input a verb can't take: each field with one sentence that says what was expected."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in sentences.items()))
        self.sentences = dict(sentences)


def checked(row: models.Model) -> None:
    """Raises `BadFields` unless the row satisfies its own validators and constraints."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise BadFields(
            {
                "form" if field == NON_FIELD_ERRORS else field.replace("_", " "): " ".join(texts)
                for field, texts in error.message_dict.items()
            }
        ) from error
