"""docker-compose.yml agrees with the code: commands, variables, ports, lists.

These tests need no container engine.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest
import yaml

from chassis.settings import ProcessSettings, read
from tests.house.settings import SECTIONS
from tests.house.tree import ROOT

type Json = dict[str, Any]

BASE, PRODUCTION = ROOT / "docker-compose.yml", ROOT / "docker-compose.production.yml"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<how>:[-?])?(?P<rest>[^}]*)\}")
STORES = {"postgres", "redis", "rabbitmq", "postgres-roles"}


@cache
def mesh() -> Json:
    return dict(yaml.safe_load(BASE.read_text()))


SERVICES: Json = mesh()["services"]
OURS = sorted(set(SERVICES) - STORES)


def interpolated(text: str, given: dict[str, str]) -> str:
    """Return the text with variables filled in, as compose does it."""

    def value(found: re.Match[str]) -> str:
        return given.get(found["name"]) or (found["rest"] if found["how"] == ":-" else "")

    return VARIABLE.sub(value, text)


def environment(name: str, given: dict[str, str]) -> dict[str, str]:
    """Return a service's environment, with the person's own variables filled in."""
    values = SERVICES[name].get("environment", {})
    return {variable: interpolated(str(text), given) for variable, text in values.items()}


def process_of(name: str) -> tuple[str, str]:
    """Return the module that a service runs, and its role; the edge has none."""
    python, dash_m, module, *words = SERVICES[name]["command"]
    assert (python, dash_m) == ("python", "-m")
    return module, (words or [""])[0]


def settings_of(module: str, role: str) -> list[type[ProcessSettings]]:
    """Return the classes that a process reads its environment into."""
    found = []
    for _, command, cls in SECTIONS:
        shown = re.fullmatch(r"`python -m (\S+?)(?: ([\w|]+))?`", command)
        if shown and shown[1] == module and role in (shown[2] or "").split("|"):
            found.append(cls)
    return found


def words_of(module: str) -> set[str]:
    """Return every word that a process's `__main__` knows."""
    source = (ROOT / module.replace(".", "/") / "__main__.py").read_text()
    nodes = ast.walk(ast.parse(source))
    return {one.value for one in nodes if isinstance(one, ast.Constant) and type(one.value) is str}


def roles_of(module: str) -> Iterator[str]:
    """Yield the long roles that a service's `__main__` offers."""
    source = (ROOT / module.replace(".", "/") / "__main__.py").read_text()
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.keyword)
            and node.arg == "roles"
            and isinstance(node.value, ast.Dict)
        ):
            for key in node.value.keys:
                assert isinstance(key, ast.Constant)
                yield str(key.value)


def test_the_files_are_what_compose_and_docker_understand() -> None:
    schema = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    folder = os.path.dirname(sys.executable)
    for command in ([*schema, str(BASE), str(PRODUCTION)], ["hadolint", str(ROOT / "Dockerfile")]):
        done = subprocess.run(
            [f"{folder}/{command[0]}", *command[1:]], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", OURS)
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


def test_every_role_has_a_container() -> None:
    run = [process_of(name) for name in OURS if "profiles" not in SERVICES[name]]
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
    assert copied == let_in == {"contracts", "chassis", "rhythm", "services", "edge", "scheduler"}


def test_ports_meet() -> None:
    for name in OURS:
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
        for found in VARIABLE.finditer(BASE.read_text())
        if found["how"] == ":-" and found["rest"].startswith("development")
    }
    required = {
        found["name"] for found in VARIABLE.finditer(PRODUCTION.read_text()) if found["how"] == ":?"
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
    named = {found["name"] for found in VARIABLE.finditer(BASE.read_text())}
    assert set(given) == named - {"OTEL_EXPORTER_OTLP_ENDPOINT", "TELEGRAM_API_URL"}


def test_no_secret_reaches_a_process_that_does_not_ask_for_it() -> None:
    given = {
        found["name"]: "known"
        for found in VARIABLE.finditer(BASE.read_text())
        if found["name"].endswith("_PASSWORD")
    }
    for name in OURS:
        fields = {
            field.name.upper()
            for cls in settings_of(*process_of(name))
            for field in msgspec.structs.fields(cls)
        }
        values = environment(name, given)
        assert {variable for variable, text in values.items() if "known" in text} <= fields
