"""What each kind of event carries. Drug quantities are whole micrograms and microlitres.

Field values name rules, items, limits and files of the library by id; no clinical number and no
name of a person stands here.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

HowKnown = Literal["counted", "pump volume", "read on the syringe", "estimated", "by difference"]
Account = Literal["given", "line", "waste", "returned", "lost"]
PreparationReason = Literal["first", "vial dropped", "second vial", "new vein", "check disagreed", "other"]
Disposition = Literal[
    "home with escort", "home without escort", "transfer by ambulance", "against advice", "died"
]


@dataclass(frozen=True, slots=True)
class Planned:
    """A session is planned: for whom (opaque id), where, by which protocol; what was known beforehand."""

    patient: str
    chair: str
    indication: str
    protocol: str
    infusion_number: int
    scheduled_at: str
    known: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckinAnswered:
    """One check-in item answered: field name to value, `None` where the answer is unknown."""

    item: str
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MonitorAssociated:
    """This monitor is this patient's, from now until it is released."""

    monitor: str


@dataclass(frozen=True, slots=True)
class MonitorReleased:
    """This monitor is no longer this patient's."""

    monitor: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GatedValue:
    """One signal of one tick, with the value gate's verdict and reason."""

    signal: str
    value: float | None
    unit: str
    verdict: Literal["accepted", "not_measured", "implausible", "unverified"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ObservationRecorded:
    """One tick of a monitor or one typed set; `message` is the digest of the message it came in."""

    values: tuple[GatedValue, ...]
    message: str = ""
    unknown_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineFixed:
    """The observation that is *the* baseline of this session."""

    observation: str


@dataclass(frozen=True, slots=True)
class StopOverridden:
    """A prescriber lets a stop pass, with the reason; `facts_digest` pins the facts it was given for."""

    rule: str
    facts_digest: str
    reason: str
    patient_seen: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """An ask that carries nothing but who, when and its envelope."""


@dataclass(frozen=True, slots=True)
class OrderSigned:
    """The prescriber's order for this infusion."""

    substance: str
    protocol: str
    protocol_version: str
    dose_ug_per_kg: int
    dosing_weight_g: int
    dosing_weight_kind: str
    dose_ug: int
    duration_s: int
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VialDrawn:
    """What was drawn out of one vial."""

    vial: str
    strength_ug_per_ml: int
    content_ul: int
    drawn_ul: int
    lot: str
    expiry: str


@dataclass(frozen=True, slots=True)
class PreparationBegun:
    """A numbered preparation as its first person made it.

    `continues` is the earlier preparation whose syringe goes on (a new vein); then no vial is drawn.
    """

    number: int
    reason: PreparationReason
    substance: str
    vials: tuple[VialDrawn, ...]
    drawn_ug: int
    diluent_ul: int
    final_ul: int
    concentration_ug_per_ml: int
    rate_ul_per_h: int
    volume_ul: int
    steps: tuple[str, ...] = ()
    continues: int | None = None


@dataclass(frozen=True, slots=True)
class PreparationChecked:
    """What the second person read and reckoned, blind, and whether it agreed by the signed rounding rule."""

    number: int
    strength_ug_per_ml: int
    drawn_ul: int
    concentration_ug_per_ml: int
    rate_ul_per_h: int
    agrees: bool
    differs_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PumpProgrammed:
    """The settings read from the pump's own display, and whether they are the order's."""

    number: int
    concentration_ug_per_ml: int
    rate_ul_per_h: int
    volume_ul: int
    agrees: bool
    differs_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeoutCompleted:
    """The time-out: each item of the signed checklist with its answer."""

    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PumpRunning:
    """The pump was started, resumed or set to this rate by a person."""

    rate_ul_per_h: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PumpHalted:
    """The pump was paused or stopped by a person, and why."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class PumpRead:
    """What the pump's display says now; answers "rate on the pump now?". Volume is its total infused."""

    rate_ul_per_h: int
    volume_ul: int | None = None


@dataclass(frozen=True, slots=True)
class VeinLost:
    """The access no longer works; where a new one was sited, once it was."""

    note: str = ""
    new_site: str = ""


@dataclass(frozen=True, slots=True)
class ActRecorded:
    """A one-tap act of the signed list: `score` on that act's own scale, `None` where it has none."""

    act: str
    score: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A check that was due and was not taken, and why."""

    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class DrugGiven:
    """A drug other than the infusion was given; a controlled one names the syringe it came from."""

    substance: str
    dose_ug: int
    route: str
    indication: str = ""
    syringe: str = ""


@dataclass(frozen=True, slots=True)
class DrugDrawn:
    """A controlled rescue drug was drawn from a vial, which held `content_ug`, into a named syringe."""

    substance: str
    vial: str
    content_ug: int
    drawn_ug: int
    syringe: str
    strength_ug_per_ml: int
    lot: str = ""
    expiry: str = ""


@dataclass(frozen=True, slots=True)
class DrugCounted:
    """Where drug of one vial or syringe went: one account, one amount, and how it is known.

    0 is a statement. Waste carries its witness as `authorised_by` of the envelope, or `seal` while it
    waits sealed for one.
    """

    substance: str
    container: str
    account: Account
    amount_ug: int
    how_known: HowKnown
    method: str = ""
    seal: str = ""


@dataclass(frozen=True, slots=True)
class WasteWitnessed:
    """Sealed pending waste was opened and destroyed before a witness."""

    counted: str
    method: str = ""


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """Free text."""

    text: str


@dataclass(frozen=True, slots=True)
class AdverseRecorded:
    """An adverse event in the clinic's words, with its severity."""

    term: str
    severity: Literal["mild", "moderate", "severe"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class AlarmAcknowledged:
    """A person has seen this alarm."""

    alarm: str


@dataclass(frozen=True, slots=True)
class ConflictSettled:
    """A person says how a fact that did not fit is to be read."""

    conflict: str
    resolution: str


@dataclass(frozen=True, slots=True)
class ReadinessAssessed:
    """One readiness criterion as seen: its answers by field; never predicted."""

    criterion: str
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CriterionExcused:
    """A prescriber documents why a readiness criterion need not be met."""

    criterion: str
    reason: str


@dataclass(frozen=True, slots=True)
class Released:
    """How the session ended for the patient."""

    disposition: Disposition
    escort: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The session ended before the start, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class RecordSigned:
    """A person signs the record, in a role and with a meaning."""

    role: Literal["nurse", "prescriber"]
    meaning: str
    head: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The record closes: the digest of the folded record."""

    record_sha256: str


@dataclass(frozen=True, slots=True)
class AddendumAdded:
    """Text added after the record closed; never overwrites."""

    text: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """The corrected event's whole payload as it should have been, and why; a time only if that was wrong."""

    payload: dict[str, Any]
    reason: str
    observed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Struck:
    """The event never happened, or stands on the wrong record; why."""

    reason: str


@dataclass(frozen=True, slots=True)
class VerdictRecorded:
    """What the safety rules said, kept as evidence: alarms raised and ended since the last verdict."""

    raised: tuple[dict[str, Any], ...] = ()
    ended: tuple[str, ...] = ()
