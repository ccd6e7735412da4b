"""What the desk's pages ask for. Each refusal is a sentence that stands beside its field."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from chairside.accounts.models import ROLES, Clinic
from chairside.actions.fields import BadFields
from chairside.actions.patients import NewPatient
from chairside.actions.people import NewPerson
from chairside.records.models import Chair, Patient, Plan

ALLERGY_ROWS = 4


class HouseForm(forms.Form):
    """A form whose required fields say so, and which takes a verb's refusals beside its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.error_messages.setdefault("required", "")
            field.error_messages["required"] = f"{self[name].label}: expected an answer."

    def take(self, bad: BadFields) -> None:
        """Puts each of a verb's sentences beside the field it names, or above the form."""
        for field, sentence in bad.sentences.items():
            name = field.replace(" ", "_")
            self.add_error(name if name in self.fields else None, sentence)


class DayField(forms.DateField):
    """A calendar day, typed or picked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": "Expected a day as YYYY-MM-DD."},
            **kwargs,
        )


class PatientForm(HouseForm):
    """A patient and what is known of their allergies."""

    family_name = forms.CharField(max_length=80)
    given_name = forms.CharField(max_length=80)
    birth_date = DayField()
    sex = forms.ChoiceField(choices=[("", "choose"), *((value, value) for value in Patient.Sex.values)])
    record_number = forms.CharField(max_length=40, help_text="As this clinic numbers its records.")
    allergies = forms.ChoiceField(
        choices=[("not asked", "not asked yet"), ("none", "none known"), ("listed", "listed below")],
        help_text="Not asked is not the same as none known.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, ALLERGY_ROWS + 1):
            self.fields[f"substance_{number}"] = forms.CharField(
                max_length=80, required=False, label=f"Substance {number}"
            )
            self.fields[f"reaction_{number}"] = forms.CharField(
                max_length=120, required=False, label=f"Reaction {number}"
            )

    def allergy_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The substance and reaction fields in pairs."""
        return [(self[f"substance_{n}"], self[f"reaction_{n}"]) for n in range(1, ALLERGY_ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        """Refuses a list that contradicts the answer above it."""
        cleaned = super().clean() or {}
        answer, listed = cleaned.get("allergies"), _listed(cleaned)
        if answer == "listed" and not listed:
            self.add_error("allergies", "Allergies are listed, but no substance stands below.")
        if answer in ("none", "not asked") and listed:
            self.add_error("allergies", "A substance stands below: expected the answer “listed below”.")
        return cleaned

    def patient(self) -> NewPatient:
        """What was typed, for the verb."""
        it = self.cleaned_data
        return NewPatient(
            family_name=it["family_name"],
            given_name=it["given_name"],
            birth_date=it["birth_date"],
            sex=it["sex"],
            record_number=it["record_number"],
            allergies=tuple(_listed(it)),
            no_known_allergies=it["allergies"] == "none",
        )


def _listed(cleaned: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [
        (cleaned.get(f"substance_{n}"), cleaned.get(f"reaction_{n}")) for n in range(1, ALLERGY_ROWS + 1)
    ]
    return [(substance, reaction or "") for substance, reaction in pairs if substance]


class PlanForm(HouseForm):
    """The plan a prescriber signs."""

    indication = forms.CharField(max_length=80)
    protocol = forms.ChoiceField()
    infusions = forms.IntegerField(
        min_value=1, max_value=99, error_messages={"invalid": "Expected a whole number of infusions."}
    )

    def __init__(self, *args: Any, protocols: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["protocol"]
        if isinstance(choices, forms.ChoiceField):
            choices.choices = protocols


class VisitForm(HouseForm):
    """A visit: which infusion, where and when on the clinic's wall clock."""

    plan = forms.ModelChoiceField(queryset=Plan.objects.none(), empty_label=None)
    infusion_number = forms.IntegerField(
        min_value=1, error_messages={"invalid": "Expected a whole number from 1."}
    )
    chair = forms.ModelChoiceField(queryset=Chair.objects.none(), empty_label=None)
    day = DayField()
    time = forms.TimeField(
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M"],
        error_messages={"invalid": "Expected a time as HH:MM."},
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned = patient.visits.count()
        self.fields["infusion_number"].help_text = f"Visits planned for this patient so far: {planned}."
        for name, rows in (("plan", patient.plans.all()), ("chair", Chair.objects.of(patient.clinic))):
            choice = self.fields[name]
            if isinstance(choice, forms.ModelChoiceField):
                choice.queryset = rows

    def scheduled_at(self, clinic: Clinic) -> datetime:
        """The instant of that day and time in the clinic's zone."""
        chosen: date = self.cleaned_data["day"]
        return datetime.combine(chosen, self.cleaned_data["time"], ZoneInfo(clinic.zone))


class PersonForm(HouseForm):
    """A person to be let in."""

    display_name = forms.CharField(max_length=80, help_text="As it stands on records: M. Ortiz.")
    credentials = forms.CharField(max_length=40, required=False, help_text="RN, MD, …")
    username = forms.CharField(
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text="Lower-case letters, digits, dots and hyphens.",
    )
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), help_text="12 characters or more."
    )
    nurse = forms.BooleanField(required=False)
    prescriber = forms.BooleanField(required=False)
    manager = forms.BooleanField(required=False)
    director = forms.BooleanField(required=False, label="director: signs the library for the site")

    def person(self) -> NewPerson:
        """What was typed, for the verb."""
        it = self.cleaned_data
        return NewPerson(
            username=it["username"],
            display_name=it["display_name"],
            password=it["password"],
            credentials=it["credentials"],
            roles=frozenset(role for role in ROLES if it[role]),
            director=it["director"],
        )
