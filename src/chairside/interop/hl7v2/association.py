"""What a message says about whose it is: patient identifiers, name and place."""

from dataclasses import dataclass, field

from chairside.interop.hl7v2.syntax import Segment


@dataclass(frozen=True, slots=True)
class PatientId:
    """One repetition of PID-3."""

    id: str = field(repr=False)
    authority: str
    type: str


@dataclass(frozen=True, slots=True)
class Location:
    """PV1-3: where the patient lies, as the sender has it."""

    point_of_care: str = ""
    room: str = ""
    bed: str = ""
    facility: str = ""


def patient_ids(patient: Segment | None) -> tuple[PatientId, ...]:
    """The identifiers of PID-3; a monitor that was told none sends none."""
    if patient is None:
        return ()
    found = (patient.components(repetition) for repetition in patient.repetitions(3))
    return tuple(
        PatientId(parts[0], parts[3].split(patient.separators.subcomponent)[0], parts[4])
        for parts in found
        if parts[0]
    )


def patient_name(patient: Segment | None) -> str:
    """Given and family name of PID-5, for a person to compare; never an identity."""
    if patient is None:
        return ""
    parts = patient.components(next(iter(patient.repetitions(5)), ""))
    return " ".join(part for part in (parts[1], parts[0]) if part)


def location(visit: Segment | None) -> Location:
    """The place of PV1-3, often the only thing a monitor knows."""
    if visit is None:
        return Location()
    return Location(*visit.components(next(iter(visit.repetitions(3)), ""))[:4])
