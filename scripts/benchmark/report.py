"""The figures as a table for people and as JSON."""
import dataclasses
import json
import math


def best_peer(row, figures):
    """The better of the peers' figures for a row; None when there is none."""
    theirs = [got[row.key] for name, got in figures.items() if name != "yishi" and got.get(row.key) is not None]
    more = row.more_is_better or (row.target and row.target.op == "≥")
    return (max if more else min)(theirs) if theirs else None


def cells(row, figures, names):
    ours, peer = figures.get("yishi", {}).get(row.key), best_peer(row, figures)

    def show(value):
        return "–" if value is None else "never" if math.isinf(value) else f"{value:.{row.digits}f}"
    ratio = f"{ours / peer:.2f}" if ours is not None and peer and not math.isinf(ours) and not math.isinf(peer) else ""
    met = row.target.met(ours, peer) if row.target and ours is not None else None
    mark = {True: " ✓", False: " ✗", None: ""}[met]
    return [row.words, *(show(figures.get(name, {}).get(row.key)) for name in names), ratio, f"{row.target or ''}{mark}"]


def lines(scenario, figures, names):
    return [cells(row, figures, names) for row in scenario.rows if any(got.get(row.key) is not None for got in figures.values())]


def header(names):
    return ["", *names, "yishi ÷ best peer", "to reach"]


def width(text):
    return sum(2 if "⺀" <= c <= "￦" else 1 for c in text)


def plain(row, widths=(66, 9, 10, 9, 17, 22)):
    padded = [row[0] + " " * (widths[0] - width(row[0]))]
    padded += [" " * (w - width(cell)) + cell for cell, w in zip(row[1:], widths[1:])]
    return " ".join(padded)


def markdown(title, chosen, results, names):
    out = [title, "", "| " + " | ".join(header(names)) + " |", "|" + "---|" * (len(names) + 3)]
    for s in chosen:
        wanted = dataclasses.replace(s, rows=tuple(row for row in s.rows if not row.minor))
        out += ["| " + " | ".join(row) + " |" for row in lines(wanted, results[s.word], names)]
    return "\n".join(out) + "\n"


def as_json(about, results):
    return json.dumps({**about, "results": results}, ensure_ascii=False, indent=1).replace("Infinity", "null")
