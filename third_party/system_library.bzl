"""Libraries that the operating system (Debian) provides."""

def system_library(name, libs = [], deps = [], **kwargs):
    """A cc_library that only carries link flags.

    The headers are in /usr/include, a builtin include directory of the auto-configured toolchain,
    so nothing has to be declared for them.  After an upgrade of a -dev package: bazel clean.

    Args:
      name: target name.
      libs: names as for the linker's -l.
      deps: other system libraries that this one needs.
      **kwargs: passed to cc_library (defines, testonly, ...).
    """
    linkopts = []
    if libs:
        # Bazel's toolchain links with --no-as-needed; record only what is used.
        linkopts = ["-Wl,--push-state,--as-needed"] + ["-l" + lib for lib in libs] + ["-Wl,--pop-state"]
    native.cc_library(name = name, linkopts = linkopts, deps = deps, **kwargs)
