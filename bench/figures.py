"""What is said of many measurements of one thing: the median, and how bad the bad ones were."""

import statistics

# The fewest measurements from which a median and a 95th percentile are told.
ENOUGH = 30


def quantile(values, share):
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def median(values):
    return statistics.median(values)


def p95(values):
    return quantile(values, 0.95)


def p5(values):
    return quantile(values, 0.05)


def ratio(ours, theirs):
    """The median of round-by-round ratios: what disturbs one round disturbs both sides of it."""
    return median([our / their for our, their in zip(ours, theirs, strict=True)])


def milliseconds(seconds):
    return f"{seconds * 1000:.1f} ms"


def mebibytes(kib):
    return f"{kib / 1024:.1f} MiB"


def count(number):
    return f"{number:,.0f}"


def times(ratio_):
    return f"{ratio_:.2f}"


def table(head, rows):
    """A table in Markdown; all columns but the first are numbers."""
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)
