"""live_test(): a script of real programs, run in a view as root and as a plain user."""

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
