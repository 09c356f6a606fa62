"""python_client.py SOCKET: administers a view that has the service umdev."""

import os
import sys

import grpc
from umsdk.admin.v1 import admin_pb2 as v1
from umsdk.admin.v1 import admin_pb2_grpc


def refused(call, request):
    """The status code and the errno of a call that must fail."""
    try:
        call(request)
    except grpc.RpcError as error:
        details = dict(error.trailing_metadata())["grpc-status-details-bin"]
        return error.code(), v1.Failure.FromString(details).errno_text
    raise AssertionError("not refused")


def main():
    disk = os.path.abspath("disk")
    with grpc.insecure_channel("unix:" + sys.argv[1]) as channel:
        view = admin_pb2_grpc.AdminStub(channel)

        def names():
            return [one.name for one in view.ListServices(v1.ListServicesRequest()).services]

        assert names() == ["umdev"], names()
        view.AddService(v1.AddServiceRequest(name="umfuse", position=1))
        assert names() == ["umfuse", "umdev"], names()
        view.MoveService(v1.MoveServiceRequest(which=v1.ServiceSelector(name="umfuse"), position=2))
        assert names() == ["umdev", "umfuse"], names()
        again = refused(view.AddService, v1.AddServiceRequest(name="umdev"))
        assert again == (grpc.StatusCode.ALREADY_EXISTS, "File exists"), again

        ram = v1.MountInfo(source="none", target=disk, type="umdevramdisk", options="size=1M")
        view.Mount(v1.MountRequest(mount=ram))
        mounts = view.ListMounts(v1.ListMountsRequest()).mounts
        assert [(one.target, one.type) for one in mounts] == [(disk, "umdevramdisk")], mounts
        which = v1.ServiceSelector(name="umdev")
        busy = refused(view.RemoveService, v1.RemoveServiceRequest(which=which))
        assert busy[1] == "Device or resource busy", busy
        view.Unmount(v1.UnmountRequest(target=disk))
        view.RemoveService(v1.RemoveServiceRequest(which=which))
        assert names() == ["umfuse"], names()

        view.LockServices(v1.LockServicesRequest())
        late = refused(view.RemoveService, v1.RemoveServiceRequest(which=v1.ServiceSelector(position=1)))
        assert late[0] == grpc.StatusCode.UNIMPLEMENTED, late


main()
