"""install_tree: what an installation consists of, as a reproducible tar file."""

_SCRIPT = """
set -eu
tree=$(mktemp -d "$PWD/tree.XXXXXX")
trap 'rm -rf "$tree"' EXIT
while read -r what first second; do
    case $what in
    link) mkdir -p "$tree/$(dirname "$second")" && ln -s "$first" "$tree/$second" ;;
    *) install -D -m "$what" "$first" "$tree/$second" ;;
    esac
done < "$1"
cd "$tree"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - -- * > "$OLDPWD/$2"
"""

_VIRTUAL = "/_virtual_includes/"

def _include_name(header):
    """What a program writes to include the header: mind strip_include_prefix."""
    if _VIRTUAL in header.path:
        rest = header.path.split(_VIRTUAL)[1]
        return rest[rest.index("/") + 1:]
    return header.short_path

def _public_headers(ctx):
    """Returns the headers that the libraries need and that are in header_roots, by include name."""
    headers = {}
    for library in ctx.attr.libraries:
        for header in library[CcInfo].compilation_context.headers.to_list():
            name = _include_name(header)
            if [root for root in ctx.attr.header_roots if name.startswith(root)]:
                headers[name] = header
    return headers

def _install_tree_impl(ctx):
    lines = []
    inputs = []
    for name, header in _public_headers(ctx).items():
        lines.append("0644 %s %s%s" % (header.path, ctx.attr.header_directory, name))
        inputs.append(header)
    for target, spec in ctx.attr.files.items():
        mode, destination = spec.split(" ")
        for file in target.files.to_list():
            path = destination + (file.basename if destination.endswith("/") else "")
            lines.append("%s %s %s" % (mode, file.path, path))
            inputs.append(file)
    for path, content in ctx.attr.symlinks.items():
        lines.append("link %s %s" % (content, path))
    manifest = ctx.actions.declare_file(ctx.label.name + ".manifest")
    ctx.actions.write(manifest, "\n".join(lines) + "\n")
    ctx.actions.run_shell(
        inputs = inputs + [manifest],
        outputs = [ctx.outputs.tar],
        mnemonic = "InstallTree",
        command = _SCRIPT,
        arguments = [manifest.path, ctx.outputs.tar.path],
    )
    return [DefaultInfo(
        files = depset([ctx.outputs.tar]),
        runfiles = ctx.runfiles([ctx.outputs.tar]),
    )]

install_tree = rule(
    implementation = _install_tree_impl,
    attrs = {
        # "MODE PATH" for each label; a PATH that ends in / is a directory for all of its files.
        "files": attr.label_keyed_string_dict(allow_files = True),
        # Installed are the headers of these libraries, and of all that they need, ...
        "libraries": attr.label_list(providers = [CcInfo]),
        # ... in this directory, ...
        "header_directory": attr.string(),
        # ... as far as they are included by a name that begins like this.
        "header_roots": attr.string_list(),
        # The content of each symbolic link, by its path.
        "symlinks": attr.string_dict(),
    },
    outputs = {"tar": "%{name}.tar"},
)
