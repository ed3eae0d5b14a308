"""How long the property tests look: the same few examples by default, new ones with LRPLOT_PROPERTIES=long."""

import os

from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
settings.register_profile("quick", derandomize=True, max_examples=10, **COMMON)
settings.register_profile("long", max_examples=1_000, **COMMON)
settings.load_profile(os.environ.get("LRPLOT_PROPERTIES", "quick"))
