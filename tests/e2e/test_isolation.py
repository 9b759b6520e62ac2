"""What a task tries to reach that is not its own: as it is asked for over the API, on Fargate and on a
container instance. The table of what is tried of the kernel belongs to `runtime::root` (`isolation`), which
tries it without an agent, that of what a network leads to is `network.table` here; what every kind of raw
frame reaches is in `network::root`."""

import json
import os
import re
import shutil
import socket
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from longshore import ASK, PROGRAM, ROOT, build_image, fetch, run, speaking, until

SHELL = ["sh", "-c"]
# Of processes of one task (agent::task::start, TASK_PIDS_MAX).
TASK_PIDS_MAX = 4096


def logs(family):
    return {"logDriver": "awslogs", "options": {
        "awslogs-group": f"/e2e/{family}", "awslogs-region": "us-east-1",
        "awslogs-stream-prefix": "t", "awslogs-create-group": "true", "mode": "blocking"}}


def run_in(mode, longshore, cluster, family, containers, **fields):
    """Runs a task to its end: on Fargate, or on a container instance with that network mode."""
    return end_of(longshore, family, *start_in(mode, longshore, cluster, family, containers, **fields))


def start_in(mode, longshore, cluster, family, containers, **fields):
    """Starts one, and gives its cluster and ARN."""
    for container in containers:
        container.setdefault("logConfiguration", logs(family))
    if mode == "fargate":
        fields.update(networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
                      executionRoleArn="ecsTaskExecutionRole")
        options = {"cluster": cluster, "launchType": "FARGATE"}
    else:
        fields.update(networkMode=mode, requiresCompatibilities=["EC2"], memory="128")
        options = {"cluster": "default", "launchType": "EC2"}
    if fields["networkMode"] == "awsvpc":
        options["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": longshore.subnets()}}
    ecs = longshore.client("ecs")
    ecs.register_task_definition(family=family, containerDefinitions=containers, **fields)
    answer = ecs.run_task(taskDefinition=family, **options)
    assert not answer["failures"], answer["failures"]
    arn = answer["tasks"][0]["taskArn"]
    longshore.task_ids.add(arn.rsplit("/", 1)[1])
    return options["cluster"], arn


def end_of(longshore, family, cluster, arn):
    """Waits until a task has ended well, and gives its lines."""
    task = longshore.wait_status(cluster, arn, "STOPPED")
    lines = longshore.log_lines(family, task)
    assert all(one.get("exitCode") == 0 for one in task["containers"]), (task, lines)
    return lines


@pytest.mark.parametrize("mode", ["fargate", "bridge"])
def test_the_hosts_loopback_sockets_and_metadata_are_out_of_reach(longshore, image, cluster, mode):
    with speaking("127.0.0.1") as port, speaking("0.0.0.0") as open_port, socket.socket(socket.AF_UNIX) as abstract:
        name = f"longshore-e2e-{os.getpid()}"
        abstract.bind(f"\0{name}")
        abstract.listen()
        assert f"@{name}" in open("/proc/net/unix").read()
        script = f"""{ASK}
            exec 2>/dev/null
            host=${{AWS_ENDPOINT_URL#http://}}; host=${{host%:*}}
            [ -n "$host" ] || echo "does not know its host"
            # The one port that it may reach, by the same means as all that it may not.
            ask $host {longshore.port} 60 >/dev/null && echo api
            for address in 127.0.0.1 $host {longshore.host_address()}; do
                for port in {port} {open_port} {longshore.admin_port}; do ask $address $port; done; done
            ask 127.0.0.1 {longshore.port}
            ask 169.254.169.254 80; ask 169.254.169.253 53
            busybox grep -q '{name}' /proc/net/unix && echo "sees sockets of the host"
            busybox find / -xdev -type s | busybox sed 's/^/socket /'
            echo end
        """
        lines = run_in(mode, longshore, cluster, f"apart-{mode}", [
            {"name": "app", "image": image, "entryPoint": SHELL, "command": [script], "user": "0"}])
    assert lines == ["api", "end"]


def test_another_tasks_loopback_and_addresses_are_out_of_reach(longshore, image, cluster):
    longshore.register("target", image)
    arn = longshore.run_task(cluster, "target")
    target = longshore.wait_status(cluster, arn, "RUNNING")
    address = longshore.address(target)
    fetch(f"http://{address}:8080/")
    # One that listens on its loopback alone.
    longshore.register("private", image, entryPoint=SHELL,
                       command=["busybox httpd -f -p 127.0.0.1:8081 -h /www"])
    private = longshore.run_task(cluster, "private")
    inner = longshore.address(longshore.wait_status(cluster, private, "RUNNING"))
    script = f"""
        exec 2>/dev/null
        busybox timeout 5 busybox wget -q -O- http://{address}:8080/ >/dev/null && echo neighbour
        busybox timeout 3 busybox wget -q -O- http://{inner}:8081/ >/dev/null && echo loopback
        busybox timeout 3 busybox wget -q -O- http://127.0.0.1:8080/ >/dev/null && echo own
        busybox ip link add x type dummy && echo link
        busybox ip address add {inner}/32 dev eth0 && echo address
        busybox ip route add 192.0.2.0/24 dev eth0 && echo route
        echo end
    """
    longshore.register("reacher", image, entryPoint=SHELL, command=[script], user="0")
    task = longshore.run_to_end(cluster, "reacher")
    # The first is let in by the group that both are in: the way is there, and the rest is shut.
    assert longshore.log_lines("reacher", task) == ["neighbour", "end"]
    for one in [arn, private]:
        longshore.client("ecs").stop_task(cluster=cluster, task=one)
        longshore.wait_status(cluster, one, "STOPPED")


@pytest.mark.parametrize("mode", ["fargate", "bridge", "host"])
def test_no_secret_of_the_node_and_no_file_of_the_host_is_in_a_task(longshore, image, cluster, mode):
    secrets = [longshore.keys()["secretAccessKey"]]
    for path in longshore.data.glob("*.json"):
        found = json.loads(path.read_text())
        if isinstance(found, dict) and "secretAccessKey" in found:
            secrets.append(found["secretAccessKey"])
    data = longshore.data.resolve()
    kept = " ".join(f"{place}{data}" for place in
                    ["", "/proc/1/root", "/proc/self/root", "/proc/1/cwd/../..", "/shared/link", "/shared/up/../.."])
    first = f"""
        busybox ln -s {data} /shared/link; busybox ln -s / /shared/up
        busybox mknod /shared/disk b 254 0 2>/dev/null && echo "a node of a disk"
        echo linked
    """
    second = f"""
        for place in {kept}; do busybox ls $place 2>/dev/null && echo "listed $place"; done
        busybox cat /shared/link/root-credentials.json 2>/dev/null
        busybox env; busybox cat /proc/1/environ /proc/self/mountinfo | busybox tr '\\0' '\\n'
        echo end
    """
    container = {"image": image, "user": "0", "entryPoint": SHELL,
                 "mountPoints": [{"sourceVolume": "shared", "containerPath": "/shared"}]}
    lines = run_in(mode, longshore, cluster, f"files-{mode}", [
        {"name": "first", "essential": False, "command": [first], **container},
        {"name": "app", "essential": True, "command": [second],
         "dependsOn": [{"containerName": "first", "condition": "SUCCESS"}], **container},
    ], volumes=[{"name": "shared"}])
    assert lines[-1] == "end"
    assert not [line for line in lines if line.startswith("listed")], lines
    text = "\n".join(lines)
    for secret in secrets:
        assert secret not in text
    # The links themselves are there: it was the way that was missing.
    assert "/shared" in text


def test_a_task_that_takes_all_it_can_harms_nobody_else(longshore, image, cluster):
    """Processes, descriptors and memory, each to its limit, beside a task that must not notice."""
    longshore.register("bystander", image)
    arn = longshore.run_task(cluster, "bystander")
    page = f"http://{longshore.address(longshore.wait_status(cluster, arn, 'RUNNING'))}:8080/"
    fetch(page)
    # Waiting readers cost little memory, so that it is the number of processes that ends it.
    processes = f"""
        busybox mkfifo /wait || exit 4
        i=0; while [ $i -lt {TASK_PIDS_MAX + 100} ]; do (: </wait) & i=$((i+1)); done
    """
    for family, command, memory in [
        ("processes", processes, "4096"),
        ("descriptors", "i=3; ulimit -n 65536; while :; do eval \"exec $i</dev/null\" || exit 5; i=$((i+1)); done", "512"),
        ("memory", "busybox head -c 700000000 /dev/zero | busybox tail >/dev/null; exit 6", "512"),
    ]:
        longshore.register(family, image, entryPoint=SHELL, user="0", cpu="512" if memory == "4096" else "256",
                           memory=memory, command=[command])
        task = longshore.run_to_end(cluster, family)
        container = task["containers"][0]
        assert container["exitCode"] != 0, (family, container, longshore.log_lines(family, task))
        if family == "processes":
            said = " ".join(longshore.log_lines(family, task))
            assert "can't fork" in said, (container, said)
        if family == "memory":
            assert "OutOfMemoryError" in container["reason"], container
        assert fetch(page, 5)
    task = longshore.task(cluster, arn)
    assert task["lastStatus"] == "RUNNING"
    longshore.client("ecs").stop_task(cluster=cluster, task=arn)
    longshore.wait_status(cluster, arn, "STOPPED")
    until(lambda: longshore.answers(), "the API to answer")


@pytest.fixture(scope="session")
def probing(longshore, image, workplace):
    """An image with the program that tries everything, and the libraries that it needs."""
    layout, bundle = workplace / "layout-probing", workplace / "probing"
    build_image(layout)
    run("umoci", "unpack", "--image", f"{layout}:latest", str(bundle))
    root = bundle / "rootfs"
    (root / "tmp").mkdir()
    probe = Path(PROGRAM).parent / "longshore-isolation-probe"
    shutil.copy(probe, root / "bin/probe")
    for word in run("ldd", str(probe)).split():
        if word.startswith("/"):
            (root / word[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(word, root / word[1:])
    run("umoci", "repack", "--image", f"{layout}:latest", str(bundle))
    shutil.rmtree(bundle)
    reference = f"{image.rsplit(':', 1)[0]}:probing"
    longshore.push(layout, reference)
    return reference


def what_may_come_of_it(column):
    """The table of `runtime::root`: by the attempt's name, what may come of it."""
    table = (ROOT / "crates/runtime/tests/root/isolation.table").read_text()
    rows = [line.split("|") for line in table.splitlines() if line and not line.startswith("#")]
    return {row[0].strip(): set(row[column if column < len(row) else 2].split()) for row in rows}


@pytest.mark.parametrize("mode", ["fargate", "awsvpc", "bridge", "host", "none"])
def test_nothing_that_a_task_tries_of_the_kernel_leads_out_of_it(longshore, probing, cluster, mode):
    probe = f"/bin/probe {os.getpid()} {longshore.data}"
    lines = run_in(mode, longshore, cluster, f"tries-{mode}", [{
        "name": "app", "image": probing, "user": "0", "entryPoint": SHELL,
        # As the container's first process, and as a command beside it: a health check is one.
        "command": [f"{probe}; echo apart; until [ -e /done ]; do busybox usleep 100000; done; busybox cat /beside"],
        "healthCheck": {"command": ["CMD-SHELL", f"[ -e /done ] || {{ {probe} >/beside; busybox touch /done; }}"],
                        "interval": 5, "timeout": 60},
    }])

    allowed = what_may_come_of_it(2 if mode == "fargate" else 3)
    where = lines.index("apart")
    for tried in (lines[:where], lines[where + 1:]):
        assert tried[-1] == "end", tried
        came = dict(line.split(" ", 1) for line in tried[:-1])
        assert came.keys() == allowed.keys()
        wrong = {name: outcome for name, outcome in came.items() if outcome not in allowed[name]}
        assert not wrong, f"{wrong}"


# Where a task that is to be reached listens.
HEARING_PORT = 5300


def network_table():
    """Its rows: name, what is tried, and by mode what may come of it."""
    table = (ROOT / "tests/e2e/network.table").read_text()
    rows = [[field.strip() for field in line.split("|")] for line in table.splitlines() if not line.startswith("#")]
    return [(name, tried, [cell.split() for cell in cells]) for name, tried, *cells in rows]


def test_security_md_says_what_is_tried_of_the_network():
    rows = [["tried", "awsvpc, Fargate's too", "bridge", "none", "host"], ["---"] * 5]
    rows += [[tried] + [" or ".join(cell) for cell in cells] for _, tried, cells in network_table()]
    shown = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    begin, end = "<!-- network.table: begin -->\n", "<!-- network.table: end -->\n"
    text = (ROOT / "SECURITY.md").read_text()
    assert text.partition(begin)[2].partition(end)[0] == shown, f"it is to be:\n{shown}"


def expected_of(mode):
    """What may come of each attempt in a network mode, by its name."""
    column = {"bridge": 1, "none": 2, "host": 3}.get(mode, 0)
    return {name: cells[column] for name, _, cells in network_table()}


class Hearing:
    """A task that answers at a port, and says what datagrams came there and of whom."""

    def __init__(self, longshore, cluster, image, name, mode):
        self.longshore, self.family = longshore, f"hearing-{name}"
        container = {"user": "0", "entryPoint": SHELL, "stopTimeout": 2, "command": [
            f"busybox ip -4 -o address show eth0; exec /bin/probe hear {HEARING_PORT}"]}
        if mode == "awsvpc":
            self.cluster = cluster
            longshore.register(self.family, image, **container)
            self.arn = longshore.run_task(cluster, self.family)
        else:
            self.cluster = "default"
            longshore.register_on_instance(self.family, image, mode, **container)
            answer = longshore.client("ecs").run_task(taskDefinition=self.family, launchType="EC2")
            assert not answer["failures"], answer["failures"]
            self.arn = answer["tasks"][0]["taskArn"]
            longshore.task_ids.add(self.arn.rsplit("/", 1)[1])
        self.task = longshore.wait_status(self.cluster, self.arn, "RUNNING")
        until(lambda: "listening" in self.lines(), "the task to listen")
        # "2: eth0    inet 172.31.0.4/20 ..."
        self.address = self.lines()[0].split()[3].split("/")[0]

    def lines(self):
        # Its stream is there with its first line.
        try:
            return self.longshore.log_lines(self.family, self.task)
        except self.longshore.client("logs").exceptions.ResourceNotFoundException:
            return []

    def heard(self):
        """The texts of the datagrams that came."""
        return [line.split()[0] for line in self.lines()]

    def stop(self):
        self.longshore.client("ecs").stop_task(cluster=self.cluster, task=self.arn)
        self.longshore.wait_status(self.cluster, self.arn, "STOPPED")


@contextmanager
def muttering(text):
    """Sends a text over the host's loopback again and again."""
    ended = threading.Event()

    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not ended.wait(0.05):
                sender.sendto(text.encode(), ("127.0.0.1", 9))

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_tasks_network_leads_where_the_table_says(longshore, probing, cluster):
    in_vpc = Hearing(longshore, cluster, probing, "vpc", "awsvpc")
    friend = Hearing(longshore, cluster, probing, "friend", "awsvpc")
    on_bridge = Hearing(longshore, cluster, probing, "bridge", "bridge")
    link = json.loads(run("ip", "-json", "route", "get", in_vpc.address))[0]["prefsrc"]
    host = longshore.host_address()
    if host.startswith("127."):
        host = link  # It has no other.
    # The name of a socket without a path, and a text on the host's loopback.
    secret = f"longshore-e2e-reach-{os.getpid()}"
    modes = ["fargate", "awsvpc", "bridge", "host", "none"]
    with speaking("127.0.0.1") as port, speaking("0.0.0.0") as open_port, muttering(secret), \
            socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0{secret}")
        abstract.listen()
        started = {}
        for mode in modes:
            neighbour, other = (on_bridge, in_vpc) if mode == "bridge" else (in_vpc, on_bridge)
            if mode == "host":
                # The host has ways to tasks in VPCs; the bridge's are its published ports.
                other = friend
            # One whom the neighbour lets in: on the bridge that is everybody.
            forged = on_bridge.address.rsplit(".", 1)[0] + ".250" if mode == "bridge" else friend.address
            to = f"{neighbour.address}:{HEARING_PORT}"
            attempts = {
                "api": f"tcp:$api:{longshore.port}=HTTP",
                "neighbour": f"tcp:{to}=here",
                "host.loopback": f"tcp:127.0.0.1:{port}=here",
                "host.link": f"tcp:$link:{open_port}=here",
                "host.address": f"tcp:{host}:{open_port}=here",
                "agent.admin": f"tcp:127.0.0.1:{longshore.admin_port}=HTTP",
                "agent.admin-link": f"tcp:$link:{longshore.admin_port}=HTTP",
                "agent.socket": f"unix:{longshore.data}/snapshot.sock",
                "agent.abstract": f"abstract:{secret}",
                "instance.credentials": "tcp:169.254.169.254:80=HTTP",
                "other.network": f"tcp:{other.address}:{HEARING_PORT}=here",
                "raw.socket": "packet:",
                "raw.sniff": f"sniff:{secret}",
                "raw.forged": f"send:{forged}>{to}={mode}-$1-forged",
                "raw.host": f"send:$link>{to}={mode}-$1-host",
                # The last: by the same way, so that what of the others was let through came before.
                "raw.own": f"send:0.0.0.0>{to}={mode}-$1-own",
            }
            for name, cells in expected_of(mode).items():
                if cells == ["DONE"]:
                    # As long as it takes: what is dropped alone is given up soon.
                    attempts[name] = re.sub("^tcp:", "sure:", attempts[name])
            arguments = " ".join(f'"{name}={what}"' for name, what in attempts.items())
            script = f"""
                api=${{AWS_ENDPOINT_URL#http://}}; api=${{api%:*}}; link=$api
                case {mode} in none) api={link}; link={link};; host) link={link};; esac
                reach() {{ /bin/probe reach {arguments}; }}
            """
            started[mode] = start_in(mode, longshore, cluster, f"reach-{mode}", [{
                "name": "app", "image": probing, "user": "0", "entryPoint": SHELL,
                # As the container's first process, and as a command beside it: a health check is one.
                "command": [f"{script}\nreach first; echo apart; until [ -e /done ]; do busybox usleep 100000; done; "
                            "busybox cat /beside"],
                "healthCheck": {
                    "command": ["CMD-SHELL", f"[ -e /done ] && exit\n{script}\nreach beside >/beside; busybox touch /done"],
                    "interval": 5, "timeout": 60},
            }])
        assert (longshore.data / "snapshot.sock").is_socket()
        said = {mode: end_of(longshore, f"reach-{mode}", *task) for mode, task in started.items()}

    wrong = {}
    for mode, lines in said.items():
        neighbour = on_bridge if mode == "bridge" else in_vpc
        expected = expected_of(mode)
        where = lines.index("apart")
        for which, tried in [("first", lines[:where]), ("beside", lines[where + 1:])]:
            assert tried[-1] == "end", tried
            came = dict(line.split(" ", 1) for line in tried[:-1])
            if came["raw.own"] == "DONE":
                until(lambda: f"{mode}-{which}-own" in neighbour.heard(), "the neighbour to hear what was sent honestly")
            for raw in ["own", "forged", "host"]:
                if came[f"raw.{raw}"] == "DONE":
                    came[f"raw.{raw}"] = "heard" if f"{mode}-{which}-{raw}" in neighbour.heard() else "dropped"
            # Who is on the host's network reaches what the machine reaches; that may be nothing.
            if expected["instance.credentials"] == ["not-refused"]:
                came["instance.credentials"] = "not-refused"
            assert came.keys() == expected.keys()
            wrong |= {(mode, which, name): f"{came[name]}, not {expected[name]}"
                      for name in came if came[name] not in expected[name]}
    assert not wrong, wrong
    for task in [in_vpc, friend, on_bridge]:
        task.stop()
