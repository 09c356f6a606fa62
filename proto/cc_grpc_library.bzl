"""C++ code for .proto files, by the protoc and the gRPC plugin of the operating system."""

def _proto_codegen_impl(ctx):
    outputs = {"hdrs": [], "srcs": []}
    for src in ctx.files.srcs:
        stem = src.basename[:-len(".proto")]
        for kind in [".pb", ".grpc.pb"]:
            outputs["hdrs"].append(ctx.actions.declare_file(stem + kind + ".h", sibling = src))
            outputs["srcs"].append(ctx.actions.declare_file(stem + kind + ".cc", sibling = src))
    args = ctx.actions.args()
    args.add("-I.")
    args.add("--cpp_out=" + ctx.bin_dir.path)
    args.add("--plugin=protoc-gen-grpc=" + ctx.attr.plugin)
    args.add("--grpc_out=" + ctx.bin_dir.path)
    args.add_all(ctx.files.srcs)
    ctx.actions.run(
        executable = ctx.attr.protoc,
        arguments = [args],
        inputs = ctx.files.srcs,
        outputs = outputs["hdrs"] + outputs["srcs"],
        mnemonic = "ProtoCcGen",
        progress_message = "Generating C++ from " + ", ".join([s.short_path for s in ctx.files.srcs]),
    )
    return [OutputGroupInfo(hdrs = depset(outputs["hdrs"]), srcs = depset(outputs["srcs"]))]

_proto_codegen = rule(
    implementation = _proto_codegen_impl,
    output_to_genfiles = True,
    attrs = {
        "srcs": attr.label_list(allow_files = [".proto"]),
        "protoc": attr.string(default = "/usr/bin/protoc"),
        "plugin": attr.string(default = "/usr/bin/grpc_cpp_plugin"),
    },
)

def cc_grpc_library(name, srcs, **kwargs):
    """A cc_library made from .proto files, included by their path in the workspace.

    Args:
      name: target name.
      srcs: .proto files of this package.
      **kwargs: passed to cc_library.
    """
    _proto_codegen(name = name + "_codegen", srcs = srcs)
    for group in ["hdrs", "srcs"]:
        native.filegroup(
            name = name + "_" + group,
            srcs = [":" + name + "_codegen"],
            output_group = group,
        )
    native.cc_library(
        name = name,
        srcs = [":" + name + "_srcs"],
        hdrs = [":" + name + "_hdrs"],
        copts = ["-w"],  # not our text
        deps = ["//third_party:grpc++"],
        **kwargs
    )
