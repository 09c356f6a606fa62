"""guest_test(): one source, run on the bare kernel and in a view under each engine."""

_FS_TYPE = "umramfs"

def _variant(name, guest, engine, fs, args, data, tags, size = "small", **kwargs):
    in_view = engine != "native"
    native.sh_test(
        name = name,
        size = size,
        srcs = ["//tests:run_guest.sh"],
        args = [
            engine,
            fs or "-",
            "$(rootpath //frontends:umview)" if in_view else "-",
            "$(rootpath %s)" % guest,
        ] + args,
        data = [guest] + data + (["//frontends:umview"] if in_view else []),
        tags = ["local", "both_users", engine] + (["ramfs"] if fs else []) + tags,
        **kwargs
    )

def guest_test(
        name,
        srcs,
        engines = ["notify", "ptrace"],
        fs = False,
        native_fs = True,
        args = [],
        copts = [],
        data = [],
        deps = [],
        tags = [],
        **kwargs):
    """Makes NAME_native and, for each engine, NAME_ENGINE and NAME_ENGINE_ramfs.

    The guest is an ordinary GoogleTest program that knows nothing of umsdk; its XML has its cases
    in every variant. tools/test runs the targets with tag both_users a second time, as user 65534
    (--test_env=UM_TEST_UID=65534).

    Args:
      name: prefix of the targets.
      srcs: the guest program.
      engines: the engines under which it runs.
      fs: whether it uses FsDir, and so has a variant on a virtual file system.
      native_fs: whether it has anything to test in a view without that file system.
      args: for the guest.
      copts: for the guest.
      data: what the guest needs at run time.
      deps: of the guest, besides guest_test.
      tags: more tags.
      **kwargs: for the tests.
    """
    guest = name + "_guest"

    # The sanitizers' own handlers, vfork and threads are not the kernel's.
    native.cc_binary(
        name = guest,
        testonly = True,
        srcs = srcs,
        copts = copts + ["-fno-sanitize=all"],
        linkopts = ["-fno-sanitize=all"],
        deps = deps + [
            "//tests/guests:guest_test",
            "//third_party:gtest_main",
        ],
    )
    _variant(name + "_native", guest, "native", None, args, data, tags, **kwargs)
    for engine in engines:
        if native_fs:
            _variant(name + "_" + engine, guest, engine, None, args, data, tags, **kwargs)
        if fs:
            ramfs = name + "_" + engine + "_ramfs"
            _variant(ramfs, guest, engine, _FS_TYPE, args, data, tags, **kwargs)
