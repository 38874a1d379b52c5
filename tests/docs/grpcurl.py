"""What grpcurl would do with a command line, done through the server's own reflection.

grpcurl itself is not everywhere. Method names and JSON fields are looked up as it looks them up: in
what the server says of itself, not in our files.
"""

import argparse
import json
import shlex
from string import Template
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from grpc_status import rpc_status


def grpcurl(line: str, variables: dict[str, str]) -> Any:
    """Run a command line: return the answer's JSON, or the text that is printed instead."""
    asked = _arguments(shlex.split(Template(line).substitute(variables)))
    with grpc.insecure_channel(asked.address) as channel:
        reflected = ProtoReflectionDescriptorDatabase(channel)
        if asked.symbol == "list":
            return "\n".join(sorted(reflected.get_services()))
        if asked.symbol == "describe":
            return DescriptorPool(reflected).FindMessageTypeByName(asked.message).full_name
        service_name, _, method_name = asked.symbol.partition("/")
        service = DescriptorPool(reflected).FindServiceByName(service_name)
        method = service.FindMethodByName(method_name)
        request = json_format.Parse(asked.data, GetMessageClass(method.input_type)())
        call: Any = channel.unary_unary(
            f"/{asked.symbol}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        metadata = tuple(tuple(header.split(": ", 1)) for header in asked.headers)
        try:
            answer = call(request, metadata=metadata, timeout=asked.max_time)
        except grpc.RpcError as error:
            return _complaint(error)
    return json.loads(json_format.MessageToJson(answer))


def _arguments(words: list[str]) -> argparse.Namespace:
    assert words[0] == "grpcurl"
    parser = argparse.ArgumentParser("grpcurl")
    parser.add_argument("-plaintext", action="store_true", required=True)
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="data", default="{}")
    parser.add_argument("-max-time", dest="max_time", type=float, default=10.0)
    parser.add_argument("address")
    parser.add_argument("symbol")
    parser.add_argument("message", nargs="?")
    return parser.parse_args(words[1:])


def _complaint(error: Any) -> str:
    """Return how an error is printed: the code as Go writes it, and of the details the reason."""
    code = "".join(word.capitalize() for word in error.code().name.split("_"))
    info = error_details_pb2.ErrorInfo()
    status = rpc_status.from_call(error)
    reasons = [info.reason for detail in status.details if detail.Unpack(info)] if status else []
    lines = ["ERROR:", f"  Code: {code}", f"  Message: {error.details()}"]
    return "\n".join([*lines, *(f"  Reason: {reason}" for reason in reasons)])
