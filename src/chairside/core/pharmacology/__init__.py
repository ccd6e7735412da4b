"""From an infusion profile and a patient's weight to a band of predicted concentrations.

Models are data (`Model`), the solution is exact (`concentrations`), and a forecast is always a band
(`predict_band`).
"""

from chairside.core.pharmacology.engine import concentrations
from chairside.core.pharmacology.model import Covariates, Model
from chairside.core.pharmacology.predict import LABEL, Band, Curve, predict_band
from chairside.core.pharmacology.profile import Bolus, Profile, Segment
from chairside.core.pharmacology.refusal import PredictionRefused

__all__ = [
    "LABEL",
    "Band",
    "Bolus",
    "Covariates",
    "Curve",
    "Model",
    "PredictionRefused",
    "Profile",
    "Segment",
    "concentrations",
    "predict_band",
]
