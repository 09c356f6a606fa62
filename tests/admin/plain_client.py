"""plain_client.py HOST:PORT: succeeds where a client without TLS is refused."""

import sys

import grpc
from umsdk.admin.v1 import admin_pb2 as v1
from umsdk.admin.v1 import admin_pb2_grpc

with grpc.insecure_channel(sys.argv[1]) as channel:
    try:
        admin_pb2_grpc.AdminStub(channel).ListServices(v1.ListServicesRequest(), timeout=20)
    except grpc.RpcError as error:
        sys.exit(0 if error.code() == grpc.StatusCode.UNAVAILABLE else 1)
sys.exit(1)
