"""`longshore doctor` tells what is wrong with a machine, in words and for programs."""

import json
import socket
import subprocess

from longshore import PROGRAM, clean_environment, free_port


def doctor(*arguments):
    command = [PROGRAM, "doctor", "--output", "json", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=clean_environment(), check=False)
    return done, {one["check"]: one for one in json.loads(done.stdout)["findings"]}


def ports():
    return "--listen", f"127.0.0.1:{free_port()}", "--admin-listen", f"127.0.0.1:{free_port()}"


def test_a_machine_that_runs_containers_is_found_fit(longshore):
    own = ("--listen", f"127.0.0.1:{longshore.port}", "--admin-listen", f"127.0.0.1:{longshore.admin_port}")
    done, found = doctor("--data-dir", longshore.data, *own)
    assert not [one for one in found.values() if one["verdict"] == "failure"], done.stdout
    assert done.returncode == 0
    assert "served by the Longshore of this data folder" in found["port"]["found"]


def test_a_port_that_is_taken_and_a_folder_that_is_closed_are_named_with_what_to_do(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        done, found = doctor("--data-dir", closed / "data", "--listen", address, *ports()[2:])
    assert done.returncode == 1 and "2 of" in done.stderr
    assert found["port"]["verdict"] == "failure" and "--listen" in found["port"]["advice"]
    assert found["data folder"]["verdict"] == "failure" and "chmod o+x" in found["data folder"]["advice"]
    assert found["kernel"]["verdict"] == "ok" and not found["kernel"]["advice"]


def test_the_options_of_the_service_are_judged_and_named(tmp_path):
    options = tmp_path / "default"
    listen = f"0.0.0.0:{free_port()}"
    options.write_text(f'LONGSHORE_OPTIONS="--listen {listen} --data-dir {tmp_path}/data"\n')
    _, found = doctor("--service-options", options)
    assert listen in found["options"]["found"] and f"{tmp_path}/data" in found["options"]["found"]
    assert listen in found["port"]["found"]
    assert found["plain HTTP"]["verdict"] == "warning" and "--advertise" in found["plain HTTP"]["advice"]
    own = "--listen", f"127.0.0.1:{free_port()}"
    _, found = doctor("--service-options", options, *own)
    assert own[1] in found["options"]["found"] and found["plain HTTP"]["verdict"] == "ok"


def test_the_table_is_for_people(tmp_path):
    command = [PROGRAM, "doctor", "--data-dir", str(tmp_path), *ports()]
    done = subprocess.run(command, capture_output=True, text=True, env=clean_environment(), check=False)
    assert done.stdout.splitlines()[0].split() == ["CHECK", "VERDICT", "FOUND"]
