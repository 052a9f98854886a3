"""Runs scenarios: those that need a quiet machine one after another, then those that mostly wait all at once."""
import concurrent.futures
import sys
import time
import traceback

from benchmark import report, scenarios


def one(scenario, make, quick):
    """The figures of one gateway; None and a sentence on standard error when it fails."""
    count = min(scenario.quick, scenario.counts[make.name]) if quick else scenario.counts[make.name]
    begun = time.monotonic()
    try:
        return scenario.run(make, count)
    except Exception as e:  # a figure that cannot be had must not cost the others
        print(f"{scenario.word}, {make.name}: no figure after {time.monotonic() - begun:.0f} s: {e!r}", file=sys.stderr)
        if not isinstance(e, AssertionError):
            traceback.print_exc()
        return None


def show(scenario, figures, names):
    for row in report.lines(scenario, figures, names):
        print(report.plain(row), flush=True)


def everything(chosen, makes, quick):
    """({word: {gateway: {key: figure}}}, how many failed)."""
    names, results, failed = [g.name for g in makes], {s.word: {} for s in chosen}, 0
    if any(not s.waits for s in chosen):
        rates = [scenarios.raw_client(200 if quick else 4000, modems) for modems in (1, 16)]
        print(f"the emulator alone takes {rates[0]:,.0f} texts/s from a client that does nothing else, {rates[1]:,.0f} on 16 modems")
    print(report.plain(report.header(names)), flush=True)
    for s in (s for s in chosen if not s.waits):
        for make in (g for g in makes if g.name in s.counts):
            got = one(s, make, quick)
            failed += got is None
            results[s.word][make.name] = got or {}
        show(s, results[s.word], names)
    waiting = [(s, make) for s in chosen if s.waits for make in makes if make.name in s.counts]
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(len(waiting), 1)) as pool:
        for (s, make), got in zip(waiting, pool.map(lambda pair: one(*pair, quick), waiting)):
            failed += got is None
            results[s.word][make.name] = got or {}
    for s in (s for s in chosen if s.waits):
        show(s, results[s.word], names)
    return results, failed
