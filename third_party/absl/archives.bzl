"""Debian's Abseil as archives, for programs that start often: as shared libraries it is 25 of them.

Only for programs: the archives are compiled for these (-fPIE), not for shared libraries.
"""

# Their order would matter, and some need each other: hence one group. What a shared library on the
# command line before it has already is not taken from here.
ABSL_ARCHIVES = ["-Wl,--start-group"] + ["-l:libabsl_%s.a" % name for name in [
    "bad_optional_access",
    "bad_variant_access",
    "base",
    "city",
    "civil_time",
    "cord",
    "cord_internal",
    "cordz_functions",
    "cordz_handle",
    "cordz_info",
    "debugging_internal",
    "demangle_internal",
    "exponential_biased",
    "graphcycles_internal",
    "hash",
    "hashtablez_sampler",
    "int128",
    "log_severity",
    "low_level_hash",
    "malloc_internal",
    "raw_hash_set",
    "raw_logging_internal",
    "spinlock_wait",
    "stacktrace",
    "status",
    "statusor",
    "str_format_internal",
    "strerror",
    "strings",
    "strings_internal",
    "symbolize",
    "synchronization",
    "throw_delegate",
    "time",
    "time_zone",
]] + ["-Wl,--end-group"]
