"""Settings of every test: Hypothesis profiles, the backend under test, and a guard against state that leaks.

HORNBEAM_HYPOTHESIS=dev|ci|nightly: how many examples (ci: the same ones each time).
HORNBEAM_TEST_BACKEND=numpy|cpu|reference|array_api_strict: the backend on which the tests run; default: numpy.
"""

import os
import signal
import threading

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=10, deadline=None)
settings.register_profile(
    "ci", max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HORNBEAM_HYPOTHESIS", "ci"))


def pytest_configure(config):
    """Put the chosen backend in place before any test module makes a tensor."""
    os.environ.setdefault("HORNBEAM_DEBUG", "check")  # graphs, after each pass
    for variable in ("no_proxy", "NO_PROXY"):  # servers that tests start are asked themselves
        os.environ[variable] = ",".join(filter(None, [os.environ.get(variable), "127.0.0.1"]))
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # as where a shell started us in the background
    if ignored and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
    name = os.environ.get("HORNBEAM_TEST_BACKEND", "numpy")
    if name == "array_api_strict":
        import array_api_strict
        from hornbeam.backends.array_api import ArrayAPIBackend
        from hornbeam.backends.base import set_backend

        set_backend(ArrayAPIBackend("array_api_strict", array_api_strict))
    else:
        from hornbeam.backends.base import set_backend

        set_backend(name)


@pytest.fixture(autouse=True)
def _nothing_leaks():
    """After a test no interpreter is left on the stack, and backend and default float are as before."""
    from hornbeam import dtypes, interpret
    from hornbeam.backends.base import current_backend

    before = (current_backend(), dtypes.floatx())
    yield
    assert interpret._current.get() is None, "an interpreter was left on the stack"
    assert (current_backend(), dtypes.floatx()) == before, "the backend or the default float was not restored"
