"""docker-compose.yml as tests read it: its services, their environments, volumes and processes."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from chassis.settings import ProcessSettings
from tests.house.settings import SECTIONS
from tests.house.tree import ROOT

type Json = dict[str, Any]

BASE, PRODUCTION = ROOT / "docker-compose.yml", ROOT / "docker-compose.production.yml"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<how>:[-?+])?(?P<rest>(?:\$\{[^}]*\}|[^}])*)\}")
STORES = {"postgres", "redis", "rabbitmq", "postgres-roles"}
CERTIFICATES = ("certificates", "certificates-renewal")


@cache
def mesh() -> Json:
    return dict(yaml.safe_load(BASE.read_text()))


SERVICES: Json = mesh()["services"]
OURS = sorted(set(SERVICES) - STORES)
PROCESSES = [name for name in OURS if name not in CERTIFICATES]


def interpolated(text: str, given: dict[str, str]) -> str:
    """Return the text with variables filled in, as compose does it."""

    def value(found: re.Match[str]) -> str:
        if found["how"] == ":+":
            return interpolated(found["rest"], given) if given.get(found["name"]) else ""
        return given.get(found["name"]) or (found["rest"] if found["how"] == ":-" else "")

    return VARIABLE.sub(value, text)


def variables(text: str) -> Iterator[re.Match[str]]:
    """Yield the variables of a text, those inside another one too."""
    for found in VARIABLE.finditer(text):
        yield found
        yield from VARIABLE.finditer(found["rest"])


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


def volumes_of(name: str) -> dict[str, str]:
    """Return where a container has which volume: `{"/tls": "tls-auth:ro"}`."""
    found = {}
    for volume in SERVICES[name].get("volumes", ()):
        source, path, *mode = volume.split(":")
        found[path] = ":".join([source, *mode])
    return found


def speaks_grpc(name: str) -> bool:
    values = environment(name, {})
    return "GRPC_LISTEN" in values or any(variable.endswith("_TARGET") for variable in values)
