"""The results as Markdown, for the README."""


def _cell(value, native, unit):
    if value is None:
        return "-"
    ratio = f" ({value / native:.2f}x)" if native else ""
    return f"{value:.{0 if unit == 'ns' else 3}f}{ratio}"


def _rows(results, unit, modes):
    yield f"| {unit} | " + " | ".join(modes) + " |"
    yield "|---|" + "---:|" * len(modes)
    for name, by_mode in results.items():
        native = by_mode.get("native")
        cells = [_cell(by_mode.get(mode), native if mode != "native" else None, unit)
                 for mode in modes]
        yield f"| {name} | " + " | ".join(cells) + " |"


def markdown(results):
    lines = list(_rows(results["calls_ns"], "ns", results["modes"]))
    lines += ["", *_rows(results["workloads_s"], "s", results["modes"])]
    lines += ["", "| | |", "|---|---:|"]
    lines += [f"| {name} | {value} |" for name, value in results["other"].items()]
    return "\n".join(lines)
