"""bench/RESULTS.md: the numbers are the program's, the sentences around them are here. What people
write into it by hand stands between marks, and is kept from one run to the next."""

import re

from figures import ENOUGH, count, mebibytes, milliseconds, table, times

# Where wrk used more of its core than this, it may be wrk that was measured.
GENERATOR_SHARE_MAX = 0.9
# Where more than this of all cores is at other work, it is said.
OTHER_WORK_SHARE_MAX = 0.05

BY_HAND = {
    "clean-ci": "Not measured yet.",
    "fell-short": """\
- Memory and readiness have no rival here; bare runc has no network, so it is a floor and no rival.
- moto_server runs as it ships, on werkzeug's server: its state is in one process, so more of them would not help.
- The gateway grants one principal 20,000 requests a second after a burst of 40,000. The rounds stay below
  that only because the servers take turns; a machine on which Longshore is much faster is refused, and the
  part fails and says so.
- The simulator's run is too long to be repeated thirty times, and its rate of placements is low.
- One machine, two cores, a virtual disk that syncs fast: nothing here speaks for others.\
""",
}


def kept(old):
    """What was written by hand in an earlier file."""
    found = dict(BY_HAND)
    for name in BY_HAND:
        match = re.search(rf"<!-- by hand: {name} -->\n(.*?)\n<!-- end -->", old, re.DOTALL)
        if match:
            found[name] = match.group(1)
    return {name: f"<!-- by hand: {name} -->\n{text}\n<!-- end -->" for name, text in found.items()}


def render(old, facts, parts, problems, date, took):
    hand = kept(old)

    def part(name, write):
        return write(parts[name]) if name in parts else f"Not measured in this run: {problems[name]}."

    sections = [
        "# Figures",
        "First, honest figures; none of them is a target. `make bench` writes this file anew.",
        f"Measured on {date} in {took:.0f} s.",
        "## From a request to a container's first line",
        part("task start", task_start),
        "## Idle memory of a shim",
        part("task start", shim),
        "## Ready after start, and idle memory of `longshore up`",
        part("idle", idle),
        "## Requests a second",
        part("api load", api_load),
        "## Placements",
        part("placements", placements),
        "## Clean CI time",
        hand["clean-ci"],
        "## What fell short",
        hand["fell-short"],
        *automatic_shortfalls(parts, facts["busy"]),
        "## Machine and versions",
        table(["Machine", ""], facts["machine"]).replace("---:", "---"),
        table(["Version", ""], facts["versions"]).replace("---:", "---"),
        "## How to repeat it",
        REPEAT,
    ]
    return "\n\n".join(sections) + "\n"


def spread(values):
    return [milliseconds(values["median"]), milliseconds(values["p95"])]


def task_start(found):
    rows = [
        ["RunTask sent to its answer", *spread(found["answered"])],
        ["RunTask answered to the first line in the shim's spool", *spread(found["first_line"])],
        ["**RunTask sent to the first line in the shim's spool**", *spread(found["asked_to_line"])],
        ["RunTask answered to GetLogEvents showing the line", *spread(found["logged"])],
        ["**`podman run --network=bridge` to the first line on its output**", *spread(found["podman"])],
        ["**bare `runc run` to the first line on its output**", *spread(found["runc"])],
    ]
    return "\n\n".join([
        table(["", "median", "p95"], rows),
        f"Longshore takes **{times(found['to_podman'])}** times as long as podman and "
        f"**{times(found['to_runc'])}** times as long as bare runc (medians of {found['rounds']} "
        "round-by-round ratios, the bold rows).",
        "The same image, command, user and limits (512 MiB, a quarter of a core) on all three sides, all "
        "with runc, in turns, everything cached. Longshore is asked over an open connection with a request "
        "signed beforehand, and answers when the task is durable; the others are commands. Longshore's task "
        "has a user namespace, an address of its own in a VPC, a security group and a seccomp filter; "
        "podman's container has a bridge network and a seccomp filter, and logs nowhere; runc's has an empty "
        "network and no filter. Podman runs in a network namespace of its own.",
    ])


def memory_rows(memory):
    return [mebibytes(memory[key]["median"]) for key in ("rss", "pss", "private")]


def shim(found):
    p95s = [mebibytes(found["shim"][key]["p95"]) for key in ("rss", "pss", "private")]
    return "\n\n".join([
        table(["", "RSS", "PSS", "private"], [["median", *memory_rows(found["shim"])], ["p95", *p95s]]),
        f"{found['rounds']} shims, each after its container's first line, when it had become idle. Its "
        "program's pages are shared with `longshore up` and with the other shims; private is what one more costs.",
    ])


def idle(found):
    rows = []
    for name, key in (("first start, empty data folder", "fresh"), ("second start", "again")):
        runs = found[key]
        rows += [
            [f"{name}: `/health` answers 200", *spread(runs["answered"])],
            [f"{name}: says `ready`", *spread(runs["ready"])],
        ]
    memory = [
        [name, *memory_rows(found[key]["memory"])]
        for name, key in (("first start", "fresh"), ("second start", "again"))
    ]
    return "\n\n".join([
        table(["From the start of the process", "median", "p95"], rows),
        table(["Idle (medians)", "RSS", "PSS", "private"], memory),
        f"{found['rounds']} data folders. With the real runtime and network, no tasks. Idle is half a second with "
        "less than 2% of a core.",
    ])


def api_load(found):
    parts = []
    for operation, result in found.items():
        rows = []
        for name, side in result["sides"].items():
            rows.append([
                name, count(side["rate"]), count(side["rate_p5"]), count(side["per_cpu"]),
                f"{side['cpu_share'] * 100:.0f}%", milliseconds(side["p50"]), milliseconds(side["p95"]),
                side["connections"], f"{side['generator'] * 100:.0f}%",
                f"{side['other'] * 100:.0f}%",
            ])
        parts += [
            f"### {operation}",
            table(
                ["", "requests/s", "in 19 of 20 rounds at least", "for a CPU-second", "CPU of its core",
                 "latency p50", "p95", "connections", "CPU of wrk", "others, of all cores"], rows),
            f"Longshore answers **{times(result['rate_ratio'])}** times as many requests a second, and "
            f"**{times(result['per_cpu_ratio'])}** times as many for a second of its CPU (medians of "
            f"{result['rounds']} round-by-round ratios).",
        ]
    return "\n\n".join([
        *parts,
        "Requests as boto3 makes and signs them, made beforehand, replayed by wrk on kept connections; the "
        "server has one core to itself and wrk the other. Each server has the number of connections that "
        "serves it best, found by trying; they take turns, a second each. All requests were answered with 200. "
        "Longshore checks each signature, and has made each task definition durable before it answers; "
        "moto does neither, and keeps no request log here. Longshore runs with its mock runtime.",
    ])


def placements(found):
    def shown(value, unit):
        return f"{value:,.2f} {unit}" if unit else count(value)

    rows = [
        [name, shown(one["median"], one["unit"]), shown(one["bad"], one["unit"])]
        for name, one in found["figures"].items()
    ]
    bad = "p95 (of rates, the 5th)" if found["runs"] >= ENOUGH else f"worst of {found['runs']}"
    return "\n\n".join([
        table(["", "median", bad], rows),
        f"`sim --nodes {found['nodes']} --tasks {found['tasks']}`: the whole control plane, the nodes (which only "
        "pretend) and the clients in one process and one thread, over a store in memory, in simulated time; "
        f"seconds are of the wall but where it says simulated. {found['runs']} runs, each with a seed of its own.",
    ])


def automatic_shortfalls(parts, busy):
    """What the numbers themselves say against how they were measured."""
    said = []
    disturbed = [f"{name} ({share * 100:.0f}%)" for name, share in busy.items() if share > OTHER_WORK_SHARE_MAX]
    if disturbed:
        said.append(
            f"- The machine had other work right before: {', '.join(disturbed)} of all cores. The figures suffer."
        )
    for operation, result in parts.get("api load", {}).items():
        for name, side in result["sides"].items():
            if side["other"] > OTHER_WORK_SHARE_MAX:
                said.append(
                    f"- {operation} of {name}: other work took {side['other'] * 100:.0f}% of all cores meanwhile."
                )
            if side["generator"] > GENERATOR_SHARE_MAX:
                said.append(
                    f"- {operation} of {name}: wrk used {side['generator'] * 100:.0f}% of its core, so it may have "
                    "been wrk that was measured; requests for a CPU-second stand."
                )
    runs = parts.get("placements", {}).get("runs", ENOUGH)
    if runs < ENOUGH:
        said.append(f"- The simulator ran {runs} times, and not {ENOUGH}: it takes too long.")
    return ["\n".join(said)] if said else []


REPEAT = """\
    make bench

as root, on a machine with two cores or more that does nothing else. It installs what is missing (podman, wrk;
it asks first), builds for release, takes less than eight minutes after that, and uses only
loopback and namespaces of its own. Everything is under one temporary folder and is gone at the end; if anything
is left on the machine, it fails and says what.

`bench/run.py PART...` runs some parts only, prints what it found, and writes no file; `--json FILE` keeps
every single measurement of the task starts. `LONGSHORE` and `SIM` name the programs."""
