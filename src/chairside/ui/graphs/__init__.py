"""Three stacked graphs on one time axis, with what was done and what is due under them, as SVG text."""

from chairside.ui.graphs.drawing import draw
from chairside.ui.graphs.values import Band, Chart, Due, Gap, Limit, Mark, Pressure, RateStep, Series

__all__ = ["Band", "Chart", "Due", "Gap", "Limit", "Mark", "Pressure", "RateStep", "Series", "draw"]
