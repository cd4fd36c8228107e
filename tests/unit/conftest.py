"""How hard the properties of single modules are tried.

`make test` tries each on a few examples, so that the tests of a module take seconds;
`make fuzz` (HYPOTHESIS_PROFILE=thorough) tries them on five hundred.
"""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
