"""conformance_test(): real programs, natively and in a view of each engine."""

_DATA = [
    "diff_results.py",
    "differences.txt",
    "lib.sh",
    "private_namespaces.sh",
    "//frontends:umview",
]

def conformance_test(name, script, args = [], data = [], both_users = True, tags = [], **kwargs):
    """Makes NAME_notify_test and NAME_ptrace_test.

    Args:
      name: prefix of the targets.
      script: is run with the umview program, the engine and `args`.
      args: more of them.
      data: what the script needs.
      both_users: whether it passes natively as a plain user, too.
      tags: more tags.
      **kwargs: for the tests.
    """
    for engine in ["notify", "ptrace"]:
        native.sh_test(
            name = "%s_%s_test" % (name, engine),
            srcs = [script],
            args = ["$(rootpath //frontends:umview)", engine] + args,
            data = _DATA + data,
            tags = ["full", "local", engine] + tags + (
                ["full_both_users"] if both_users else []
            ),
            **kwargs
        )
