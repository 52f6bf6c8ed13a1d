"""Property tests explore anew at every run on a desk; in CI they try the same examples each time, so a run can be repeated."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
