"""bench/RESULTS.md: the numbers are the program's, the sentences around them are here. What people
write into it by hand stands between marks, and is kept from one run to the next."""

import re
import traceback

from figures import ENOUGH, count, mebibytes, milliseconds, table, times

# What each part is to reach; `aims` holds the figures against it.
PODMAN_RATIO_MAX = 0.6
BEHIND_BY_HAND_MAX_SECONDS = 0.015
BURST_RATE_MIN = 25
SHIM_PRIVATE_MAX_KIB = 1536
READY_MAX_SECONDS = 0.3
READY_FULL_MAX_SECONDS = 1.0
IDLE_RSS_MAX_KIB = 60 * 1024
API_RATIO_MIN = {"DescribeTasks": 50, "RegisterTaskDefinition": 20}
PACED_P99_MAX_SECONDS = 0.005
# Flat: no step of a registry holds more than this beyond what it held before it was asked for anything.
REGISTRY_GROWTH_MAX_KIB = 64 * 1024
RUNNING_MIN, PLANNED_MIN = 2_000, 50_000
# How long the bar of the best is.
BAR_CHARACTERS = 40

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
- A task's first line comes 17.5 ms after bare runc's in a network namespace made by hand, and not 15.
- p99 at a quarter of saturation is over 5 ms, with a p95 of 0.3 and 2.0 ms. Two loops that do nothing else but look
  at the clock, one on each core, miss up to 14 ms at a time on the server's core, 1.8% of the time in all, and none
  where only one of them runs: this machine takes a core away while both are busy, and a generator that sends on
  time keeps one busy. Which part of the p99 is Longshore's was not told apart.
- The registry's memory grew by 84 MiB over five rounds. The store keeps up to 32 MiB of history for its
  watchers, and the allocator what it was given; whether it goes on growing was not measured.
- A thousand idle tasks cost 13% of a core: each log is looked at ten times a second.
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
        if name not in parts:
            return f"Not measured in this run: {problems.get(name, 'it was not begun')}."
        try:
            return write(parts[name])
        except Exception as error:  # noqa: BLE001 - the other parts are worth having
            traceback.print_exc()
            return f"Measured, and not understood ({type(error).__name__})."

    sections = [
        "# Figures",
        "`make bench` writes this file anew. Each part says what it is to reach, and whether it does.",
        f"Measured on {date} in {took:.0f} s.",
        *([f"**Failed, or not measured:** {', '.join(problems)}."]
          if problems else []),
        "## From a request to a container's first line",
        part("task start", task_start),
        "## Idle memory of a shim",
        part("task start", shim),
        "## Two hundred tasks at once",
        part("many tasks", burst),
        "## A thousand idle tasks",
        part("idle tasks", thousand),
        "## Ready after start, and idle memory of `longshore up`",
        part("idle", idle),
        "## Ready after start with 100,000 tasks",
        part("full store", full_store),
        "## Requests a second",
        part("api load", api_load),
        "## Placements",
        part("placements", placements),
        "## Pushes and pulls of images",
        part("registry", registry),
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


def aims(*lines):
    """What is to be reached, what was, and whether: (what, wanted, found, met)."""
    return table(
        ["Target", "wanted", "found", "met"],
        [[what, wanted, found, "yes" if met else "**no**"] for what, wanted, found, met in lines],
    )


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
        ["**the same in a network namespace made by hand, from before that is made**", *spread(found["by_hand"])],
    ]
    return "\n\n".join([
        aims(
            ("RunTask answered to the first line, to podman", f"at most {PODMAN_RATIO_MAX}",
             times(found["accepted_to_podman"]), found["accepted_to_podman"] <= PODMAN_RATIO_MAX),
            ("the same, behind bare runc with a namespace made by hand",
             f"at most {milliseconds(BEHIND_BY_HAND_MAX_SECONDS)}", milliseconds(found["behind_by_hand"]),
             found["behind_by_hand"] <= BEHIND_BY_HAND_MAX_SECONDS),
        ),
        table(["", "median", "p95"], rows),
        f"Longshore takes **{times(found['to_podman'])}** times as long as podman and "
        f"**{times(found['to_runc'])}** times as long as bare runc (medians of {found['rounds']} "
        "round-by-round ratios, the bold rows).",
        "The same image, command, user and limits (512 MiB, a quarter of a core) on all sides, all "
        "with runc, in turns, everything cached. Longshore is asked over an open connection with a request "
        "signed beforehand, and answers when the task is durable; the others are commands. Longshore's task "
        "has a user namespace, an address of its own in a VPC, a security group and a seccomp filter; "
        "podman's container has a bridge network and a seccomp filter, and logs nowhere; runc's has an empty "
        "network and no filter, and by hand a pair of interfaces, an address and a route. The rivals run in a network "
        "namespace of their own.",
    ])


def burst(found):
    rows = [
        ["tasks a second, from the first RunTask to the last RUNNING", f"{found['rate']:.1f}", f"{found['worst']:.1f}"],
    ]
    return "\n\n".join([
        aims(("tasks a second", f"at least {BURST_RATE_MIN}", f"{found['rate']:.1f}", found["rate"] >= BURST_RATE_MIN)),
        table(["", "median", f"worst of {found['rounds']}"], rows),
        f"{found['tasks']} tasks asked for at once, ten a request. Half of them ran after {found['half']:.1f} s, "
        f"all after {found['all']:.1f} s (medians); stopped, they were gone at {found['stop_rate']:.1f} a second. "
        "Tasks of the EC2 launch type in network mode awsvpc, with runc and the image cached: each has a network "
        "namespace, an address and a security group.",
    ])


def thousand(found):
    def kib(value):
        return f"{value:,.0f} KiB"

    def each(values):
        return " / ".join(kib(values[key]) for key in ("rss", "pss", "private"))

    shims = {key: values["median"] for key, values in found["shim"].items()}
    rows = [
        ["its shim: RSS, PSS, private (medians)", each(shims)],
        ["`longshore up` has grown by: RSS, PSS, private", each(found["up"])],
        ["charged to its control group (median), and the kernel's part of that",
         f"{kib(found['charged'])} / {kib(found['charged_kernel'])}"],
        ["the kernel's slabs, stacks, page tables and per-CPU memory have grown by", kib(found["kernel"])],
        ["**the machine's available memory has shrunk by**", f"**{kib(found['machine'])}**"],
    ]
    return "\n\n".join([
        table(["A task's share", ""], rows),
        f"{found['tasks']:,} tasks of one `busybox sleep` each were held at a time, started at {found['rate']:.1f} "
        f"and stopped at {found['stop_rate']:.1f} a second. While nothing happened, `longshore up` used "
        f"{found['cpu_share'] * 100:.1f}% of a core. The last row holds everything, also what others on the machine "
        "did meanwhile.",
    ])


def memory_rows(memory):
    return [mebibytes(memory[key]["median"]) for key in ("rss", "pss", "private")]


def shim(found):
    p95s = [mebibytes(found["shim"][key]["p95"]) for key in ("rss", "pss", "private")]
    private = found["shim"]["private"]["p95"]
    return "\n\n".join([
        aims(("private memory of a shim (p95)", f"under {mebibytes(SHIM_PRIVATE_MAX_KIB)}", mebibytes(private),
              private < SHIM_PRIVATE_MAX_KIB)),
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
    ready, rss = found["fresh"]["ready"]["p95"], found["fresh"]["memory"]["rss"]["p95"]
    return "\n\n".join([
        aims(
            ("ready on an empty folder (p95)", f"within {milliseconds(READY_MAX_SECONDS)}", milliseconds(ready),
             ready <= READY_MAX_SECONDS),
            ("idle RSS (p95)", f"under {mebibytes(IDLE_RSS_MAX_KIB)}", mebibytes(rss), rss < IDLE_RSS_MAX_KIB),
        ),
        table(["From the start of the process", "median", "p95"], rows),
        table(["Idle (medians)", "RSS", "PSS", "private"], memory),
        f"{found['rounds']} data folders. With the real runtime and network, no tasks. Idle is half a second with "
        "less than 2% of a core.",
    ])


def full_store(found):
    rows, memory, judged = [], [], []
    for name, key in (("after an orderly stop", "stopped"), ("after a kill", "killed")):
        runs = found[key]
        rows += [
            [f"{name}: `/health` answers 200", *spread(runs["answered"])],
            [f"{name}: says `ready`", *spread(runs["ready"])],
            [f"{name}: ListTasks is answered", *spread(runs["asked"])],
        ]
        memory.append([name, *memory_rows(runs["memory"])])
        ready = runs["ready"]["median"]
        judged.append((f"ready {name}", f"within {milliseconds(READY_FULL_MAX_SECONDS)}", milliseconds(ready),
                       ready <= READY_FULL_MAX_SECONDS))
    return "\n\n".join([
        aims(*judged),
        table(["From the start of the process", "median", "p95"], rows),
        table(["Idle (medians)", "RSS", "PSS", "private"], memory),
        f"{count(found['tasks'])} tasks, {count(found['running'])} of them RUNNING on {found['nodes']} nodes that have "
        "not come back yet, the others stopped within the hour for which they are kept; the store's file has "
        f"{mebibytes(found['store_bytes'] / 1024)}. The records are those of two real tasks, multiplied in a backup "
        f"that is restored. {found['rounds']} starts each, with the real runtime and network. ListTasks is sent "
        "once it is ready, and answered when every task has been read.",
    ])


def registry(found):
    names = list(found["idle"])
    ours, theirs = names
    judged, rows = [], []
    for step, result in found["steps"].items():
        judged.append((f"{step}: times as fast as {theirs}", "at least 1.00", times(result["speed"]),
                       result["speed"] >= 1))
        for name, side in result["sides"].items():
            rows.append([
                f"{step}: {name}", f"{side['seconds']:.2f} s", f"{side['worst']:.2f} s", f"{side['cpu']:.2f} s",
                mebibytes(side["peak_first"]), mebibytes(side["peak_last"]), mebibytes(side["peak"]),
                f"{side['client'] * 100:.0f}%", f"{side['other'] * 100:.0f}%",
            ])
    growth = max(result["sides"][ours]["peak"] for result in found["steps"].values()) - found["idle"][ours]
    judged.append(("memory beyond idle, at most", f"under {mebibytes(REGISTRY_GROWTH_MAX_KIB)}", mebibytes(growth),
                   growth < REGISTRY_GROWTH_MAX_KIB))
    idle_rows = ", ".join(f"{name} {mebibytes(found['idle'][name])}" for name in names)
    return "\n\n".join([
        aims(*judged),
        table(["", "median", "worst", "its CPU", "peak RSS, first round", "last round", "highest", "CPU of the client",
               "others, of all cores"], rows),
        "Large is one image of 20 layers of 25 MB that do not compress, 500 MB together; small is 1,000 images of one "
        "layer of 8 KiB in ten repositories. One client for both (`bench/oci.py`), which asks as skopeo and podman "
        "do, six requests at a time over plain HTTP; the registry has one core and the client the other. New images "
        f"each of the {found['rounds']} rounds, in turns; what is compared are rounds. One pull of each kind is "
        "checked byte by byte. Both synchronise what they are given to the disk before they answer; Longshore "
        "also checks a password with every request, which docker-registry has not been given, and the manifest's "
        "layers. docker-registry caches descriptors in memory and writes no log of requests. RSS before anything "
        f"was asked: {idle_rows}.",
    ])


def api_load(found):
    parts, judged = [], []
    for operation, result in found.items():
        wanted = API_RATIO_MIN[operation]
        paced = result["paced"]
        judged += [
            (f"{operation}: requests a second, to moto", f"at least {wanted}", times(result["rate_ratio"]),
             result["rate_ratio"] >= wanted),
            (f"{operation}: p99 at a quarter of saturation", f"under {milliseconds(PACED_P99_MAX_SECONDS)}",
             milliseconds(paced["p99"]), paced["p99"] < PACED_P99_MAX_SECONDS),
        ]
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
            table(
                [f"longshore on all cores, at a quarter of its {count(paced['limit'])} requests/s", "p50", "p95", "p99",
                 f"p99 of the worst of {paced['runs']} runs", "worst answer"],
                [[f"{count(paced['rate'])} requests/s",
                  *(milliseconds(paced[key]) for key in ("p50", "p95", "p99", "p99_worst", "worst"))]]),
            f"Longshore answers **{times(result['rate_ratio'])}** times as many requests a second, and "
            f"**{times(result['per_cpu_ratio'])}** times as many for a second of its CPU (medians of "
            f"{result['rounds']} round-by-round ratios).",
        ]
    return "\n\n".join([
        aims(*judged),
        *parts,
        "Requests as boto3 makes and signs them, made beforehand, replayed by wrk on kept connections; the "
        "server has one core to itself and wrk the other. Each server has the number of connections that "
        "serves it best, found by trying; they take turns, a second each. All requests were answered with 200. "
        "Longshore checks each signature, and has made each task definition durable before it answers; "
        "moto does neither, and keeps no request log here. Longshore runs with its mock runtime. At a quarter of "
        "saturation (`bench/paced.py`) the requests are sent at moments of a Poisson process, chosen beforehand, for "
        "10 s, whether or not earlier ones have been answered; how long one took is counted from the moment "
        "at which it was due, and the figures are the medians of the runs. There the server and its clients have "
        "all cores, when its limit is looked for too; the clients never wait for a core.",
    ])


def placements(found):
    def shown(value, unit):
        return f"{value:,.2f} {unit}" if unit else count(value)

    rows = [
        [name, shown(one["median"], one["unit"]), shown(one["bad"], one["unit"])]
        for name, one in found["figures"].items()
    ]
    bad = "p95 (of rates, the 5th)" if found["runs"] >= ENOUGH else f"worst of {found['runs']}"
    running, planned = found["figures"]["RUNNING per second"]["median"], found["planner"]["Fargate"]
    fastest = max(one["running"] for one in found["growth"])
    grown = [
        [count(one["nodes"]), f"{one['connected']:.2f} s", count(one["running"]),
         f"`{'#' * max(1, round(BAR_CHARACTERS * one['running'] / fastest))}`"]
        for one in found["growth"]
    ]
    by_run_task = found["planner"]["RunTask's instance"]
    return "\n\n".join([
        aims(
            ("RUNNING a second", f"at least {count(RUNNING_MIN)}", count(running), running >= RUNNING_MIN),
            (f"placements a second, {count(found['planner_nodes'])} nodes, one core",
             f"at least {count(PLANNED_MIN)}", count(planned), planned >= PLANNED_MIN),
        ),
        table(["", "median", bad], rows),
        f"`sim tasks --nodes {found['nodes']} --tasks {found['tasks']}`: the whole control plane, the nodes (which only "
        "pretend), the clients and the checks that look at every revision, in one process and one thread, over a "
        "store in memory and encoded frames, in simulated time; "
        f"seconds are of the wall but where it says simulated. {found['runs']} runs, each with a seed of its own.",
        f"The same number of tasks on more and more nodes, medians of {found['growth_runs']} runs:",
        table(["Nodes", "connected after", "RUNNING a second", ""], grown),
        f"`sim planner`, which decides and does nothing else: {count(planned)} placements a second for Fargate, with "
        f"an address each; {count(found['planner']['instance'])} a second on container instances, spread over zones "
        f"and packed by memory, where all {count(found['planner_tasks'])} are asked for at once; "
        f"{count(by_run_task)} where RunTask asks for ten at a time, since for each request "
        "all instances are looked at.",
    ])


def automatic_shortfalls(parts, busy):
    """What the numbers themselves say against how they were measured."""
    said = []
    if "registry" in parts:
        rounds = parts["registry"]["rounds"]
        said.append(f"- {rounds} rounds of the registries and not {ENOUGH}: each writes two gigabytes.")
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

as root, on a machine with two cores or more that does nothing else. It installs what is missing (podman, wrk, docker-registry;
it asks first), builds for release, takes less than 25 minutes after that, and uses only
loopback and namespaces of its own. Everything is under one temporary folder and is gone at the end; if anything
is left on the machine, it fails and says what.

`bench/run.py PART...` runs some parts only, prints what it found, and writes no file; `--json FILE` keeps
every single measurement of the task starts. `LONGSHORE` and `SIM` name the programs."""
