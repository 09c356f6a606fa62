"""fuzz_target: one harness, two uses."""

def fuzz_target(name, srcs, deps, corpus = None, planted = False, tags = [], **kwargs):
    """A libFuzzer harness and its replay.

    NAME_fuzzer is the libFuzzer program (bazel build --config=fuzz; tools/fuzz runs it).
    NAME_replay_test is a GoogleTest that feeds the corpus through the harness in every build: no
    input that was ever found may fail again.

    Args:
      name: the harness, without _fuzzer.
      srcs: sources with LLVMFuzzerTestOneInput.
      deps: what they need.
      corpus: the inputs; by default every file of the directory NAME_corpus.
      planted: whether it must find the bugs of UMSDK_PLANTED_BUG (tools/fuzz --planted).
      tags: for both targets.
      **kwargs: for both targets.
    """
    inputs = corpus or native.glob([name + "_corpus/**"])
    native.cc_binary(
        name = name + "_fuzzer",
        testonly = True,
        srcs = srcs,
        linkopts = ["-fsanitize=fuzzer"],
        tags = tags + [
            "fuzzer",
            # gcc has no libFuzzer: only --config=fuzz builds it.
            "manual",
        ] + (["planted"] if planted else []),
        deps = deps,
        **kwargs
    )
    native.cc_test(
        name = name + "_replay_test",
        size = "small",
        srcs = srcs,
        args = ["$(location %s)" % i for i in inputs],
        data = inputs,
        tags = tags,
        deps = deps + ["//tools:fuzz_replay_main"],
        **kwargs
    )
