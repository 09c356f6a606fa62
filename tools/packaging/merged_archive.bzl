"""merged_archive: the objects of some packages, out of all that a target needs, as one .a file."""

def _in_packages(label, packages):
    for package in packages:
        if label.package == package or label.package.startswith(package + "/"):
            return True
    return False

def _merged_archive_impl(ctx):
    objects = []
    for dep in ctx.attr.deps:
        for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list():
            if not _in_packages(linker_input.owner, ctx.attr.packages):
                continue
            for library in linker_input.libraries:
                objects += library.pic_objects or library.objects or []
    archive = ctx.actions.declare_file(ctx.label.name + ".a")
    ctx.actions.run_shell(
        inputs = objects,
        outputs = [archive],
        mnemonic = "MergedArchive",
        # D: no times and owners, so that equal objects make equal archives.
        command = 'out=$1; shift; ar qcsD "$out" "$@"',
        arguments = [ctx.actions.args().add(archive), ctx.actions.args().add_all(objects)],
    )
    return [DefaultInfo(files = depset([archive]))]

merged_archive = rule(
    implementation = _merged_archive_impl,
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        # Only the objects of these packages, and of those below them, are taken.
        "packages": attr.string_list(mandatory = True),
    },
)
