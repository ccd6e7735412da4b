"""The outbox: what the outside must be told is a row of the same transaction; telling it is the worker's."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from chairside.vault.chains import hold
from chairside.vault.models import OutboxDone, OutboxItem


def leave(*, clinic: str, topic: str, key: str, body: Mapping[str, Any], at: datetime) -> None:
    """Leaves one item; the same key again is the same item."""
    OutboxItem.objects.get_or_create(
        clinic=clinic,
        topic=topic,
        key=key,
        defaults={"left_at": at, "body": json.dumps(dict(body), sort_keys=True)},
    )


def deliver(
    *, handlers: Mapping[str, Callable[[str, Mapping[str, Any]], None]], by: str, at: datetime
) -> int:
    """Delivers what is due, in order, each at least once; `by` is the worker. Returns how many.

    A handler must bear being called twice: a kill between its work and its row repeats it.
    """
    delivered = 0
    done = OutboxDone.objects.values("item")
    for item in OutboxItem.objects.exclude(id__in=done).order_by("id"):
        with transaction.atomic():
            hold(f"outbox {item.pk}")
            if OutboxDone.objects.filter(item=item.pk).exists():
                continue
            handlers[item.topic](item.clinic, json.loads(item.body))
            OutboxDone.objects.create(item=item.pk, clinic=item.clinic, done_at=at)
            delivered += 1
    return delivered
