"""A private RabbitMQ: the machine's, or the distribution's packages unpacked into the cache."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import shlex
from datetime import timedelta

from local.folders import MeshFolders
from local.ports import free_ports, is_free
from local.process_spec import ProcessSpec, answers_with
from local.servers.rabbitmq_programs import Programs, find_programs
from local.supervisor import Progress

NAME = "rabbitmq"
USER = "habits"
NODE = "habits@localhost"
MEMORY_LIMIT = "256MiB"
CONFIGURATION = """
listeners.tcp.default = 127.0.0.1:{port}
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = {memory}
log.console = true
log.console.level = warning
log.file = false
load_definitions = {definitions}
"""
# One scheduler that does not spin while idle: a person's laptop, not a broker's machine.
ERLANG = (
    "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +SDio 2 +A 4 +sbwt none +sbwtdcpu none "
    "+sbwtdio none +MMscs 64"
)


class RabbitMQ:
    """One RabbitMQ node on loopback, with its own name server (epmd) and its own password.

    The node's name and ports are kept beside its data: a quorum queue belongs to its node by name.
    """

    def __init__(self, folders: MeshFolders) -> None:
        self._folders = folders
        self._home = folders.data / NAME
        self._programs: Programs | None = None
        self._port = self._distribution = self._epmd = 0
        self._password = ""
        self.url = ""

    async def prepare(self, report: Progress) -> None:
        """Find or fetch the programs, choose free ports, and write the configuration."""
        self._programs = await asyncio.to_thread(find_programs, self._folders.cache, report)
        self._home.mkdir(parents=True, exist_ok=True)
        kept = self._home / "node.json"
        node = json.loads(kept.read_text()) if kept.exists() else {}
        self._password = node.get("password") or secrets.token_hex(16)
        ports = node.get("ports") or [0, 0, 0]
        if not all(port and is_free(port) for port in ports):
            ports = free_ports(len(ports))
        self._port, self._distribution, self._epmd = ports
        kept.touch(mode=0o600)
        kept.write_text(json.dumps({"password": self._password, "ports": ports}))
        self._configure()
        self.url = f"amqp://{USER}:{self._password}@127.0.0.1:{self._port}/"

    def processes(self) -> list[ProcessSpec]:
        """Return the rows of Erlang's name server and of RabbitMQ, which needs it."""
        programs = self._programs
        if programs is None:
            raise RuntimeError("prepare() comes first")
        environment = self._environment(programs)
        epmd = [str(programs.epmd), "-port", str(self._epmd), "-address", "127.0.0.1"]
        return [
            ProcessSpec(
                name="epmd", command=epmd, environment=environment, ready=self._epmd_answers
            ),
            ProcessSpec(
                name=NAME,
                command=[str(programs.server)],
                environment=environment,
                ready=self._answers,
                needs=["epmd"],
                folder=self._home,
                stop_within=timedelta(seconds=20),
            ),
        ]

    def control_command(self) -> str:
        """Return the command that runs the Erlang expression on its standard input in the node.

        Tests make a virtual host for each module with it: 30 ms, where `rabbitmqctl` takes seconds.
        """
        programs = self._programs
        calls = programs.erlang.parent.glob("lib/erl_interface-*/bin/erl_call") if programs else ()
        call = next(iter(calls), None)
        if call is None:
            return ""
        cookie = (self._home / ".erlang.cookie").read_text().strip()
        words = ["env", f"ERL_EPMD_PORT={self._epmd}", str(call), "-c", cookie]
        return shlex.join([*words, "-n", NODE, "-timeout", "20", "-e"])

    async def _epmd_answers(self) -> bool:
        names_request, port = b"\0\1n", self._epmd.to_bytes(4, "big")
        return await answers_with(("127.0.0.1", self._epmd), request=names_request, expected=port)

    async def _answers(self) -> bool:
        # An AMQP 0-9-1 greeting is answered by Connection.Start, a method frame (1) on channel 0.
        greeting = b"AMQP\0\0\x09\x01"
        return await answers_with(("127.0.0.1", self._port), request=greeting, expected=b"\x01\0\0")

    def _configure(self) -> None:
        salt = secrets.token_bytes(4)
        digest = hashlib.sha256(salt + self._password.encode()).digest()
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        definitions = {
            "users": [
                {
                    "name": USER,
                    "password_hash": base64.b64encode(salt + digest).decode(),
                    "hashing_algorithm": "rabbit_password_hashing_sha256",
                    "tags": "administrator",
                }
            ],
            "vhosts": [{"name": "/"}],
            "permissions": [{"user": USER, "vhost": "/"} | everything],
        }
        kept = self._home / "definitions.json"
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(definitions))
        (self._home / "rabbitmq.conf").write_text(
            CONFIGURATION.format(port=self._port, memory=MEMORY_LIMIT, definitions=kept)
        )
        (self._home / "enabled_plugins").write_text("[].\n")

    def _environment(self, programs: Programs) -> dict[str, str]:
        home = self._home
        node = {
            "NODENAME": NODE,
            "DIST_PORT": self._distribution,
            "MNESIA_BASE": home / "db",
            "LOG_BASE": home,
            "LOGS": "-",
            "CONFIG_FILE": home / "rabbitmq.conf",
            "ENABLED_PLUGINS_FILE": home / "enabled_plugins",
            "GENERATED_CONFIG_DIR": home / "generated",
            "SCHEMA_DIR": home / "schema",
            "ADVANCED_CONFIG_FILE": home / "none",
            "CONF_ENV_FILE": home / "none",
            "PID_FILE": home / "pid",
            "SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
        }
        return {f"RABBITMQ_{name}": str(value) for name, value in node.items()} | {
            "PATH": f"{programs.erlang}:{programs.epmd.parent}:/usr/bin:/bin",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RUNNING_UNDER_SYSTEMD": "true",  # become Erlang instead of waiting for it in a shell
        }
