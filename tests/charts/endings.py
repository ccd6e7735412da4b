"""A session told from the end of its infusion to its closed record, each step by its verb."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from chairside.actions.closing import close_record, sign_record, signature_of
from chairside.charts.sessions import Folded, load
from tests.actions.afternoon import Afternoon
from tests.core.session.stories import NORMAL, vitals

ASSESSED = {
    "posture": {"faint": False},
    "oxygen": {"as_usual": True},
    "gait": {"steady": True},
    "intent": {"asked": True, "new": False},
    "escort": {"present": True},
    "cannula": {"out": True},
    "instructions": {"given": True},
}
SYRINGE = {"given": 34_900, "line": 0, "waste": 100, "returned": 0}


def told(afternoon: Afternoon) -> "Told":
    """The session up to the end of its infusion."""
    afternoon.until("recovering")
    return Told(afternoon)


@dataclass
class Told:
    """One session on its way to a closed record."""

    afternoon: Afternoon

    @property
    def session(self) -> str:
        """Its id."""
        return self.afternoon.visit.session

    @property
    def clinic(self) -> str:
        """The id of its clinic."""
        return self.afternoon.six.clinic.pk

    @property
    def folded(self) -> Folded:
        """The session as its log stands."""
        return load(self.session, self.clinic)

    def do(self, minute: float, kind: str, payload: dict[str, Any], **said: Any) -> Folded:
        """One event."""
        return self.afternoon.do(minute, kind, payload, **said)

    def recovered(self, *, but: Container[str] = ()) -> Self:
        """Two stable sets, awake, every criterion seen; with some of them left open, not declared ready."""
        self.do(58, "observation.recorded", vitals(**NORMAL))
        self.do(75, "observation.recorded", vitals(**NORMAL))
        self.do(75, "act.recorded", {"act": "sedation", "score": 5})
        self.do(75, "act.recorded", {"act": "dissociation", "score": 0})
        for criterion, answers in ASSESSED.items():
            if criterion not in but:
                self.do(76, "readiness.assessed", {"criterion": criterion, "answers": answers})
        if not but:
            self.do(77, "ready.declared", {})
        return self

    def released(self) -> Self:
        """Home with the escort."""
        body = {"disposition": "home with escort", "escort": "seen in person"}
        self.do(80, "session.released", body)
        return self

    def counted(self, **amounts: int) -> Self:
        """Every microgram of the syringe and the rest of the vial, waste before a witness."""
        second = self.afternoon.six.prescriber
        for account, amount_ug in (SYRINGE | amounts).items():
            self.do(
                82,
                "drug.counted",
                {
                    "substance": "ketamine",
                    "container": "syringe 1",
                    "account": account,
                    "amount_ug": amount_ug,
                    "how_known": "pump volume" if account == "given" else "read on the syringe",
                    "method": "squirted into absorbent" if account == "waste" else "",
                },
                second=second if account == "waste" else None,
            )
        self.do(
            83,
            "drug.counted",
            {
                "substance": "ketamine",
                "container": "V1",
                "account": "waste",
                "amount_ug": 465_000,
                "how_known": "read on the syringe",
                "method": "squirted into absorbent",
            },
            second=second,
        )
        return self

    def signed(self, minute: float = 85) -> Self:
        """Both signatures over the record as it stands."""
        for who in ("nurse", "prescriber"):
            sign_record(
                session=self.session,
                clinic=self.clinic,
                body=signature_of(who, self.folded.head),
                press=None,
                by=self.afternoon.author(who),
                at=self.afternoon.t0 + timedelta(minutes=minute),
            )
        return self

    def closed(self, minute: float = 86) -> Self:
        """The close."""
        close_record(
            session=self.session,
            clinic=self.clinic,
            press=None,
            by=self.afternoon.author("nurse"),
            at=self.afternoon.t0 + timedelta(minutes=minute),
        )
        return self
