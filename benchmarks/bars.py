"""Draw results/cpu.md's training steps as bars: `python benchmarks/bars.py` writes docs/cpu.svg and prints by how much we are faster."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["RESULTS", "TARGET", "claim", "draw", "table"]

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "cpu.md"
TARGET = ROOT / "docs" / "cpu.svg"
COLOURS = ("#00897b", "#ef6c00", "#fbc02d", "#5c6bc0", "#ab47bc", "#8d6e63")  # ours, then the peers
LIMIT = 6.0  # times our time: longer bars are cut off and say so
LEFT, SCALE, BAR, TOP = 190, 84, 13, 62  # of the picture, in pixels


def table(text: str) -> tuple[list[str], dict[str, list[float]]]:
    """The frameworks, and for each workload the milliseconds of a step of each, medians, in their order."""
    lines = text.split("### A training step")[1].split("\n\n")[1].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    names = rows[0][1:-2]  # without the workload, and what is computed of the others
    return names, {row[0]: [float(re.match(r"[\d.]+", cell)[0]) for cell in row[1:-2]] for row in rows[2:]}  # type: ignore[index]


def claim(text: str) -> str:
    """By how much a step is faster than the best peer's: from the least to the most, such as "1.5 to 2.7"."""
    factors = [min(times[1:]) / times[0] for times in table(text)[1].values()]
    return f"{min(factors):.1f} to {max(factors):.1f}"


def draw(text: str) -> str:
    """The picture, as SVG: a group of bars a workload, each as many times as long as ours as its step takes longer."""
    names, workloads = table(text)
    height = TOP + len(workloads) * (len(names) * BAR + 16) + 6
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" width="800" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#333">',
        f'<rect width="800" height="{height}" rx="6" fill="#fff"/>',
        '<text x="12" y="22" font-size="14" font-weight="bold">A training step on two cores: time over Hornbeam\'s; '
        "shorter is faster</text>",
    ]
    for i, (name, colour) in enumerate(zip(names, COLOURS, strict=True)):
        x = 12 + 130 * i
        parts += [
            f'<rect x="{x}" y="35" width="11" height="11" fill="{colour}"/>',
            f'<text x="{x + 16}" y="45">{name}</text>',
        ]
    y = TOP
    for title, times in workloads.items():
        short, _, rest = re.split(r"( \(|: |, )", title, maxsplit=1)
        detail = rest.partition(", batch")[0].rstrip(")")
        middle = y + len(names) * BAR / 2
        parts += [
            f'<text x="{LEFT - 10}" y="{middle}" text-anchor="end" font-weight="bold">{short.removeprefix("MNIST ")}</text>',
            f'<text x="{LEFT - 10}" y="{middle + 14}" text-anchor="end" font-size="10">{cut(detail)}</text>',
        ]
        for time, colour in zip(times, COLOURS, strict=True):
            ratio = time / times[0]
            length = min(ratio, LIMIT) * SCALE
            label = f"{time:.3g} ms" if ratio == 1 else f"{ratio:.1f}"
            label += " (cut off)" if ratio > LIMIT else ""
            parts += [
                f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 2}" fill="{colour}"/>',
                f'<text x="{LEFT + length + 5:.1f}" y="{y + 10}" font-size="10">{label}</text>',
            ]
            y += BAR
        y += 16
    return "\n".join([*parts, "</svg>"]) + "\n"


def cut(text: str, longest: int = 32) -> str:
    """A text of at most so many letters."""
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0].rstrip(",") + " …"


if __name__ == "__main__":
    results = RESULTS.read_text(encoding="utf-8")
    TARGET.write_text(draw(results), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {claim(results)} times as fast as the best peer")
