"""Everything the synthetic extracts are calibrated to, as declared data: volumes, shapes, events, errors and data faults.

Figures are declared here only. Sources of the figures: the volumes, rates and times that the
printed report of July 2023 gives or implies; what it does not give is a plausible value. Durations are seconds, shares 0-1.
"""

from pipelines.synthetic.calibration import (
    clock,
    comparators,
    crimes,
    files,
    logs,
    online,
    operations,
    places,
    protection,
    returns,
    roads,
    shapes,
    street,
    survey,
    suspects,
    telephony,
)

__all__ = [
    "clock",
    "comparators",
    "crimes",
    "files",
    "logs",
    "online",
    "operations",
    "places",
    "protection",
    "returns",
    "roads",
    "shapes",
    "street",
    "survey",
    "suspects",
    "telephony",
]
