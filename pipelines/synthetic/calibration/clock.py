"""When things happen: weekdays, hours, and the clocks that change."""

from __future__ import annotations

from collections.abc import Mapping

# Relative weight of the 24 local hours, and of Monday to Sunday.
HOURS: Mapping[str, tuple[float, ...]] = {
    "emergency": (3.4, 2.9, 2.5, 2.0, 1.7, 1.6, 1.8, 2.4, 3.2, 3.7, 4.0, 4.3, 4.6, 4.7, 4.9, 5.4, 5.7, 6.0, 6.0, 5.8, 5.5, 5.2, 4.8, 4.1),
    "office": (0.9, 0.7, 0.5, 0.4, 0.4, 0.5, 1.2, 2.8, 5.6, 7.4, 7.6, 7.3, 6.7, 6.6, 6.9, 7.0, 6.9, 6.3, 5.5, 4.8, 4.2, 3.5, 2.6, 1.6),
    "online": (0.9, 0.6, 0.4, 0.3, 0.3, 0.4, 1.0, 2.6, 6.4, 9.2, 9.6, 9.1, 8.3, 8.4, 8.5, 8.2, 7.6, 4.4, 3.5, 3.2, 3.0, 2.4, 1.8, 1.2),
    "evening": (3.0, 2.0, 1.3, 0.8, 0.5, 0.5, 0.8, 1.5, 2.4, 3.0, 3.4, 3.8, 4.2, 4.5, 5.0, 6.0, 7.0, 7.8, 8.4, 8.6, 8.2, 7.2, 5.8, 4.3),
    "recorded": (1.6, 1.1, 0.8, 0.6, 0.6, 0.7, 1.4, 3.0, 5.2, 6.4, 6.8, 6.6, 6.2, 6.3, 6.5, 6.6, 6.4, 5.9, 5.4, 5.0, 4.7, 4.2, 3.4, 2.6),
}
WEEKDAYS: Mapping[str, tuple[float, ...]] = {
    "emergency": (0.97, 0.95, 0.96, 0.98, 1.06, 1.08, 1.00),
    "office": (1.22, 1.10, 1.06, 1.04, 1.05, 0.80, 0.73),
    "online": (1.22, 1.18, 1.14, 1.12, 1.06, 0.66, 0.62),
    "evening": (0.92, 0.92, 0.95, 0.98, 1.12, 1.16, 0.95),
    "recorded": (1.06, 1.03, 1.02, 1.02, 1.02, 0.94, 0.91),
}
SPRING_GAP_SHARE = 0.25  # share of rows in the hour after the spring change whose clock still showed 01:xx, a time that did not exist
