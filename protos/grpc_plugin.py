"""A buf plugin: gRPC stubs by grpc_tools' own generator, which ships as no plugin."""

import pathlib
import sys
import tempfile

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2
from grpc_tools import protoc

request = plugin_pb2.CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
response = plugin_pb2.CodeGeneratorResponse(
    supported_features=plugin_pb2.CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
)
with tempfile.TemporaryDirectory() as folder:
    image, out = pathlib.Path(folder, "image"), pathlib.Path(folder, "out")
    image.write_bytes(descriptor_pb2.FileDescriptorSet(file=request.proto_file).SerializeToString())
    out.mkdir()
    arguments = [
        "protoc",
        f"--descriptor_set_in={image}",
        f"--grpc_python_out={out}",
        *request.file_to_generate,
    ]
    if protoc.main(arguments):
        response.error = "grpc_tools.protoc failed"
    for file in sorted(out.rglob("*.py")):
        response.file.add(name=file.relative_to(out).as_posix(), content=file.read_text())
sys.stdout.buffer.write(response.SerializeToString())
