"""Virtual patients: draw them from a published population, weigh them, show the band.

Knows no drug: the model is an argument. Chance is handed in as a seeded `numpy.random.Generator`,
so the same seed gives the same patients and the same band.
"""

from chairside.core.ensemble.band import band
from chairside.core.ensemble.draw import Ensemble, Population, draw
from chairside.core.ensemble.weigh import weigh

__all__ = ["Ensemble", "Population", "band", "draw", "weigh"]
