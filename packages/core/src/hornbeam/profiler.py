"""profile: what compiled steps spend their time on, kernel by kernel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from hornbeam.backends.base import current_backend

__all__ = ["Profile", "active", "profile"]


@dataclass
class Record:
    """All runs of one kernel together: how many, seconds, floating-point operations, bytes that had to be moved at least."""

    count: int = 0
    seconds: float = 0.0
    flops: int = 0
    bytes: int = 0


@dataclass
class Profile:
    """What was measured; printing it gives a table.

    Attributes:
        records: by kernel.
        peak_flops: operations a second that the machine reached in a large product of matrices; 0 where it is not known.
        peak_bytes: bytes a second that it reached copying memory; 0 where it is not known.
    """

    records: dict[str, Record] = field(default_factory=dict)
    peak_flops: float = 0.0
    peak_bytes: float = 0.0

    def add(self, name: str, seconds: float, flops: int, bytes: int) -> None:
        """Take in one run of a kernel."""
        record = self.records.setdefault(name, Record())
        record.count += 1
        record.seconds += seconds
        record.flops += flops
        record.bytes += bytes

    @property
    def seconds(self) -> float:
        """Of all kernels together."""
        return sum(r.seconds for r in self.records.values())

    def __str__(self) -> str:
        """A table, the dearest kernel first."""
        lines = [f"{'kernel':<44}{'runs':>7}{'ms':>10}{'share':>7}{'GFLOP/s':>10}{'GB/s':>8}"]
        total = self.seconds or 1.0
        for name, r in sorted(self.records.items(), key=lambda item: -item[1].seconds):
            spent = r.seconds or 1e-12
            lines.append(
                f"{name[:43]:<44}{r.count:>7}{r.seconds * 1e3:>10.3f}{r.seconds / total:>7.1%}"
                f"{r.flops / spent / 1e9:>10.1f}{r.bytes / spent / 1e9:>8.1f}"
            )
        lines.append(f"{'all':<44}{'':>7}{self.seconds * 1e3:>10.3f}")
        if self.peak_flops:
            lines.append(
                f"this machine reaches {self.peak_flops / 1e9:.0f} GFLOP/s and {self.peak_bytes / 1e9:.1f} GB/s"
            )
        return "\n".join(lines)


_active: ContextVar[Profile | None] = ContextVar("hornbeam_profile", default=None)


def active() -> Profile | None:
    """The profile being taken, if one is."""
    return _active.get()


@contextmanager
def profile() -> Iterator[Profile]:
    """A with block in which every kernel of compiled steps is timed.

    Engines that compile (hornbeam-cpu) tell of each kernel; kernels run one after another then, so the sum can exceed what a step
    takes otherwise.

    Example:
        >>> import hornbeam as hb
        >>> step = hb.jit(lambda x: hb.ops.sum(x * x))
        >>> with hb.profile() as taken:
        ...     _ = step(hb.ops.ones(1000))
        >>> print(taken)  # doctest: +ELLIPSIS
        kernel ...
    """
    taken = Profile()
    taken.peak_flops, taken.peak_bytes = current_backend().peaks()
    token = _active.set(taken)
    try:
        yield taken
    finally:
        _active.reset(token)
