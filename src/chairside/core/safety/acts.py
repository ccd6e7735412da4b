"""One-tap acts and rescue drugs as data: what a nurse can record at the chair, in our own words."""

from dataclasses import dataclass
from typing import Literal

from chairside.core.quantities import Tag
from chairside.core.quantities.headed import Headed

ActPhase = Literal["before", "infusing", "paused", "recovering"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scale and its label."""

    score: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act. `scale` is empty where the act has no score; `system` and `code` name it outside.

    `urgent` acts stand apart on the page (unresponsive, asks to stop); none of them alarms by itself.
    """

    id: str
    label: str
    group: str
    phases: tuple[ActPhase, ...]
    scale: tuple[Step, ...] = ()
    urgent: bool = False
    system: str
    code: str
    mapped: bool
    source: str
    tag: Tag

    def __post_init__(self) -> None:
        scores = [step.score for step in self.scale]
        if len(set(scores)) != len(scores) or len(scores) == 1:
            raise ValueError(f"scale: expected two or more steps, each score once, in the act {self.id}")

    def label_of(self, score: int) -> str | None:
        """The label of a score, or `None` where the score is not on the scale."""
        return next((step.label for step in self.scale if step.score == score), None)

    def problem(self, score: int | None) -> str | None:
        """What is wrong with a score given for this act, in a sentence, or `None`."""
        if not self.scale:
            return None if score is None else f"{self.id}: expected no score, not {score}"
        if score is None or self.label_of(score) is None:
            steps = ", ".join(str(step.score) for step in self.scale)
            return f"{self.id}: expected one of the scores {steps}, not {score}"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts(Headed):
    """The signed list of one-tap acts."""

    acts: tuple[Act, ...]

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        ids = [act.id for act in self.acts]
        if len(set(ids)) != len(ids) or not ids:
            raise ValueError("acts: expected at least one, each with its own id")

    def act(self, name: str) -> Act | None:
        """The act of that id."""
        return next((act for act in self.acts if act.id == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueDrug:
    """A drug a nurse can record as given. It holds no dose: that is the prescriber's order, typed."""

    id: str
    name: str
    controlled: bool
    schedule: str = ""
    units: tuple[str, ...]
    routes: tuple[str, ...]
    for_what: tuple[str, ...]
    caution: str = ""
    source: str
    tag: Tag

    def __post_init__(self) -> None:
        if not self.units or not self.routes:
            raise ValueError(f"units, routes: expected at least one of each for {self.id}")
        if self.controlled is not bool(self.schedule):
            raise ValueError(f"schedule: expected for a controlled drug, and for no other ({self.id})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue(Headed):
    """The signed list of rescue drugs."""

    drugs: tuple[RescueDrug, ...]

    def __post_init__(self) -> None:
        Headed.__post_init__(self)
        ids = [drug.id for drug in self.drugs]
        if len(set(ids)) != len(ids) or not ids:
            raise ValueError("drugs: expected at least one, each with its own id")

    def drug(self, name: str) -> RescueDrug | None:
        """The drug of that id."""
        return next((drug for drug in self.drugs if drug.id == name), None)
