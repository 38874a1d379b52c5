"""docker-compose.yml agrees with the code: commands, variables, ports, lists.

These tests need no container engine.
"""

import os
import re
import subprocess
import sys

import msgspec
import pytest
import yaml

from chassis.settings import read
from tests.house.compose import (
    BASE,
    DOCKERFILE,
    OURS,
    PROCESSES,
    PRODUCTION,
    SERVICES,
    STORES,
    environment,
    interpolated,
    mesh,
    process_of,
    roles_of,
    settings_of,
    variables,
    words_of,
)
from tests.house.settings import SECTIONS
from tests.house.tree import ROOT

DECIDED_BY_COMPOSE = {"AMQP_PREFIX", "GRPC_PLAINTEXT", "METRICS_LISTEN", "PRODUCTION", "TLS_FOLDER"}


def test_the_files_are_what_compose_and_docker_understand() -> None:
    schema = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    folder = os.path.dirname(sys.executable)
    for command in ([*schema, str(BASE), str(PRODUCTION)], ["hadolint", str(ROOT / "Dockerfile")]):
        done = subprocess.run(
            [f"{folder}/{command[0]}", *command[1:]], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PROCESSES)
def test_a_command_exists_and_gets_what_it_reads_and_nothing_else(name: str) -> None:
    module, role = process_of(name)
    assert not role or role in words_of(module)
    classes = settings_of(module, role)
    assert classes, f"docs/settings.md has no process {module} {role}"
    values = environment(name, {})
    known = {field.upper() for cls in classes for field in cls.__struct_fields__}
    assert set(values) - known == set()
    for cls in classes:
        read(cls, values)  # refuses what is missing or wrong


@pytest.mark.parametrize("name", PROCESSES)
def test_every_setting_reaches_the_process_that_reads_it(name: str) -> None:
    """A person sets it in `.env`; what compose itself decides has one value for everybody."""
    if SERVICES[name]["restart"] == "no":
        return  # what runs once has what it needs, says the test above
    fields = {f.upper() for cls in settings_of(*process_of(name)) for f in cls.__struct_fields__}
    assert fields - set(environment(name, {})) <= DECIDED_BY_COMPOSE
    given = {field: f"given-{field}" for field in fields}
    for field, text in environment(name, given).items():
        raw = str(SERVICES[name]["environment"][field])
        decided = not any(True for _ in variables(raw)) or field.endswith("_URL")
        assert decided or text == f"given-{field}", f"{field} is {raw}"


def test_the_edge_has_the_delegation_secret_only_where_a_proxy_signs_people_in() -> None:
    given = {"DELEGATION_SECRET": "known"}
    assert environment("edge", given)["DELEGATION_SECRET"] == ""
    given["PROXY_SIGN_IN_HEADER"] = "Remote-User"
    assert environment("edge", given)["DELEGATION_SECRET"] == "known"


def test_every_role_has_a_container() -> None:
    run = [process_of(name) for name in PROCESSES if "profiles" not in SERVICES[name]]
    assert len(set(run)) == len(run)
    modules = [
        f"services.{one.name}" for one in sorted((ROOT / "services").iterdir()) if one.is_dir()
    ]
    offered = {
        (module, role)
        for module in modules
        if not module.endswith("__")
        for role in roles_of(module)
    }
    assert offered - set(run) == set()
    assert {("edge", ""), ("scheduler", "worker"), ("scheduler", "beat")} <= set(run)


@pytest.mark.parametrize("name", OURS)
def test_an_image_is_built_of_a_list_and_runs_as_nobody_who_matters(name: str) -> None:
    service = SERVICES[name]
    extra = service["image"].removeprefix("habit-tracker-")
    assert (ROOT / f"requirements/{extra}.txt").is_file()
    assert service["pull_policy"] == "never"
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    (user,) = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert not user.startswith(("root", "0"))


def test_each_image_is_built_once() -> None:
    built = {
        service["image"]: service["build"]["args"]["EXTRA"]
        for service in SERVICES.values()
        if "build" in service
    }
    assert built == {f"habit-tracker-{extra}": extra for extra in built.values()}
    assert [name for name in OURS if "build" in SERVICES[name] and name.endswith("rebuild")] == []
    assert len([name for name in OURS if "build" in SERVICES[name]]) == len(built)
    assert {SERVICES[name]["image"] for name in OURS} == set(built)


def test_every_container_has_limits_and_a_store_a_minor_version() -> None:
    for name, service in SERVICES.items():
        assert re.fullmatch(r"\d+[mg]", service["mem_limit"]), name
        assert service["pids_limit"] > 0, name
        if name in STORES:
            assert re.search(r":\d+\.\d+$", service["image"]), name


def test_the_image_holds_every_room_that_a_process_imports() -> None:
    copied = set(re.findall(r"^COPY (\w+) ", DOCKERFILE, re.MULTILINE))
    let_in = set(re.findall(r"^!(\w+)/\*\*$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert (
        copied
        == let_in
        == {"contracts", "chassis", "rhythm", "services", "edge", "scheduler", "web"}
    )


def test_ports_meet() -> None:
    for name in PROCESSES:
        values = environment(name, {})
        for variable, target in values.items():
            if variable.endswith("_TARGET"):
                host, _, port = target.partition(":")
                assert variable == f"{host.upper()}_TARGET"
                assert process_of(host) == (f"services.{host}", "serve")
                assert environment(host, {})["GRPC_LISTEN"].endswith(f":{port}")
        check = " ".join(SERVICES[name].get("healthcheck", {}).get("test", []))
        if "chassis.rpc.probe" in check:
            assert check.endswith(values["GRPC_LISTEN"].replace("0.0.0.0", "127.0.0.1"))
        elif "/metrics" in check:
            assert values["METRICS_LISTEN"].replace("0.0.0.0", "127.0.0.1") + "/metrics" in check
    (published,) = SERVICES["edge"]["ports"]
    edge = environment("edge", {})
    assert interpolated(published, {}) == f"127.0.0.1:8000:{edge['EDGE_PORT']}"
    assert edge["METRICS_LISTEN"].rpartition(":")[2] != edge["EDGE_PORT"]
    assert f":{edge['EDGE_PORT']}/health/live" in str(SERVICES["edge"]["healthcheck"]["test"])
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["edge"]


def test_what_is_waited_for_can_become_ready() -> None:
    for service in SERVICES.values():
        for needed, how in service.get("depends_on", {}).items():
            other = SERVICES[needed]
            if how["condition"] == "service_healthy":
                assert "healthcheck" in other
            else:
                assert how["condition"] == "service_completed_successfully"
                assert other["restart"] == "no"


def test_long_processes_are_looked_at_and_come_back() -> None:
    for name, service in SERVICES.items():
        if service["restart"] != "no":
            assert "healthcheck" in service, name
            assert service["restart"] == "unless-stopped"


def test_volumes_are_declared_and_used() -> None:
    used = {
        volume.partition(":")[0] for one in SERVICES.values() for volume in one.get("volumes", [])
    }
    assert used == set(mesh()["volumes"])


def test_production_has_no_default_secret() -> None:
    defaults = {
        found["name"]
        for found in variables(BASE.read_text())
        if found["how"] == ":-" and found["rest"].startswith("development")
    }
    required = {
        found["name"] for found in variables(PRODUCTION.read_text()) if found["how"] == ":?"
    }
    assert defaults == required
    assert len(defaults) == 9
    production = yaml.safe_load(PRODUCTION.read_text())
    assert set(production["services"]) == {*OURS, "postgres"}
    for name in OURS:
        assert production["services"][name]["environment"]["PRODUCTION"] == "true"
    names = {volume["name"] for volume in production["volumes"].values()}
    assert names == {f"habit-tracker-production-{name}" for name in mesh()["volumes"]}
    assert set(yaml.safe_load(PRODUCTION.read_text())["services"]) <= set(SERVICES)
    given = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    named = {found["name"] for found in variables(BASE.read_text())}
    assert set(given) <= named
    assert named - set(given) <= {  # the example has all that has no default, and the usual rest
        field.upper() for _, _, cls in SECTIONS for field in cls.__struct_fields__
    }
    assert defaults <= set(given)


def test_no_secret_reaches_a_process_that_does_not_ask_for_it() -> None:
    given = {
        found["name"]: "known"
        for found in variables(BASE.read_text())
        if found["name"].endswith("_PASSWORD")
    }
    for name in PROCESSES:
        fields = {
            field.name.upper()
            for cls in settings_of(*process_of(name))
            for field in msgspec.structs.fields(cls)
        }
        values = environment(name, given)
        assert {variable for variable, text in values.items() if "known" in text} <= fields
