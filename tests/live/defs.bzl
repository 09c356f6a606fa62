"""Tests with real programs in views, run as root and as a plain user."""

def live_test(name):
    """Makes NAME_test, which runs NAME.sh on an in-memory file system in a view.

    Args:
      name: of the script, without its .sh.
    """
    native.sh_test(
        name = name + "_test",
        size = "medium",
        srcs = ["in_view.sh"],
        args = [
            "$(rootpath //frontends:umview)",
            "$(location %s.sh)" % name,
        ],
        data = [
            name + ".sh",
            "checks.sh",
            "lib.sh",
            "//frontends:umview",
        ],
        tags = ["both_users", "local"],
    )

def umview_test(name, script = None, args = [], data = [], size = "large", full = False):
    """A script that runs views itself: SCRIPT UMVIEW ARGS...

    Args:
      name: of the test.
      script: NAME.sh by default.
      args: what it gets after the path of umview.
      data: what it reads, besides umview.
      size: as of sh_test.
      full: only tools/test --full runs it: it takes long or needs packages for that.
    """
    native.sh_test(
        name = name,
        size = size,
        srcs = [script or name + ".sh"],
        args = ["$(rootpath //frontends:umview)"] + args,
        data = data + ["//frontends:umview"],
        tags = ["local"] + (["full", "full_both_users"] if full else ["both_users"]),
    )
