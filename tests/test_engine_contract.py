"""What advisor/deciding/engine.py relies on in durable_rules 2.0.28, whose C functions nobody has documented.

Each test is a process of its own, because what fails here may crash. The limits are tested from both sides, so that
another version which lifts one, or sets one lower, is noticed.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

PRELUDE = """
import json, resource
import durable_rules_engine as c

numbers = iter(range(1, 10**9))

def ruleset(*conditions):
    rules = {f"{n:02d}": {"all": [{"m": condition}]} for n, condition in enumerate(conditions)}
    handle = c.create_ruleset("contract", json.dumps(rules | {"first": {"all": [{"m": {"first": 1}}]}}))
    assert fired(handle, '"first":1') == ["first"]
    return handle

def fired(handle, fact):
    identity = '"id":"%d","sid":"0"}' % next(numbers)
    status, state = c.assert_fact(handle, "{" + fact + "," + identity)
    if status == 1:
        return []
    assert status == 0, status
    names = []
    started = c.start_action_for_state(handle, state)
    action = started[1] if started else None
    while action is not None:
        names.append(action[2 : action.index('"', 2)])
        action = c.complete_and_start_action(handle, state)
    assert c.retract_fact(handle, "{" + identity)[0] == 0
    return names

def close(handle):
    c.delete_state(handle, "0")
    c.delete_ruleset(handle)

def refused(call, *arguments):
    try:
        call(*arguments)
    except c.error as error:
        return int(str(error).rpartition(" ")[2])
    raise AssertionError("not refused")
"""


def holds(code: str, timeout: float = 60) -> None:
    """Run code after the prelude in a new process, warnings being errors; it must end well and say nothing."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PRELUDE + code],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert (run.returncode, run.stderr, run.stdout) == (0, "", "")


def test_the_version_is_the_one_whose_functions_were_read() -> None:
    assert version("durable_rules") == "2.0.28"


def test_a_decision_is_an_assertion_firings_and_a_retraction() -> None:
    holds("""
handle = ruleset({"x": 1}, {"$gt": {"x": 0}}, {"x": 2})
for _ in range(3):  # the same id again: the retraction, which names it alone, left nothing
    status, state = c.assert_fact(handle, '{"x":1,"id":"7","sid":"0"}')
    assert status == 0
    _, action = c.start_action_for_state(handle, state)
    assert action.startswith('{"00":{"m":{'), action
    action = c.complete_and_start_action(handle, state)
    assert action.startswith('{"01":{"m":{'), action
    assert c.complete_and_start_action(handle, state) is None
    assert c.retract_fact(handle, '{"id":"7","sid":"0"}')[0] == 0
    assert c.assert_fact(handle, '{"x":3,"id":"8","sid":"0"}')[0] == 0
    assert c.start_action_for_state(handle, state)[1].startswith('{"01":')
    assert c.complete_and_start_action(handle, state) is None
    assert c.retract_fact(handle, '{"id":"8","sid":"0"}')[0] == 0
    assert c.assert_fact(handle, '{"x":0,"id":"9","sid":"0"}')[0] == 1  # no rule matches: nothing to retract
close(handle)
import threading
assert threading.active_count() == 1
""")


def test_numbers_are_compared_exactly() -> None:
    holds("""
ends = ["-1.0e+20", "-5", "-0.0", "5.0e-324", "2.0e-05", "0.85", "1", "4503599627370496.5", "9007199254740991",
        "1.0e+16", "5.8e+20", "1.0e+308"]
words = {"$lt": float.__lt__, "$lte": float.__le__, "$gt": float.__gt__, "$gte": float.__ge__, "$neq": float.__ne__}
for end in ends:
    rules = ['"%02d":{"all":[{"m":{"%s":{"x":%s}}}]}' % (n, word, end) for n, word in enumerate(words)]
    rules += ['"05":{"all":[{"m":{"x":%s}}]}' % end, '"first":{"all":[{"m":{"first":1}}]}']
    handle = c.create_ruleset("contract", "{" + ",".join(rules) + "}")
    assert fired(handle, '"first":1') == ["first"]
    for x in ends:
        expected = [f"{n:02d}" for n, holds in enumerate(words.values()) if holds(float(x), float(end))]
        expected += ["05"] * (float(x) == float(end))
        assert fired(handle, f'"x":{x}') == expected, (x, end)
    close(handle)
""")


def test_an_exponent_needs_a_dot_before_it() -> None:
    holds("""
handle = ruleset({"$gt": {"x": 0}})
assert refused(c.assert_fact, handle, '{"x":2e-05,"id":"1","sid":"0"}') == 204
assert refused(c.create_ruleset, "contract", '{"00":{"all":[{"m":{"$gt":{"x":2e-05}}}]}}') == 204
""")


def test_forty_rules_that_hold_at_once_are_far_from_the_limit() -> None:
    holds("""
for size, status in ((40, None), (64, None), (65, 303)):
    handle = ruleset(*({"$gt": {"x": n}} for n in range(size)))
    if status:
        assert refused(fired, handle, '"x":100') == status
    else:
        assert fired(handle, '"x":100') == [f"{n:02d}" for n in range(size)]
""")


def test_a_rule_takes_fourteen_alternatives_within_its_conjunction() -> None:
    holds("""
def condition(size):
    return {"$and": [{"$or": [{"$lt": {f"p{n}": 1}}, {"$gte": {f"p{n}": 2}}]} for n in range(size)]}

handle = ruleset(*[condition(14)] * 40)
everything = ",".join(f'"p{n}":{2 * (n % 2)}' for n in range(14))
assert len(fired(handle, everything)) == 40
for n in range(14):
    others = ",".join(f'"p{m}":{1 if m == n else 0}' for m in range(14))
    assert fired(handle, others) == []
assert refused(ruleset, condition(15)) == 113
""")


def test_a_rule_takes_a_hundred_plain_terms_and_a_fact_two_hundred_properties() -> None:
    holds("""
handle = ruleset({"$and": [{"$gt": {f"p{n}": n}} for n in range(100)]}, {"p199": 200})
properties = [f'"p{n}":{n + 1}' for n in range(200)]
assert fired(handle, ",".join(properties)) == ["00", "01"]
assert fired(handle, ",".join(['"p0":0', *properties[1:]])) == ["01"]
assert refused(fired, handle, ",".join(f'"p{n}":1' for n in range(254))) == 302
""")


def test_four_hundred_conditions_side_by_side_are_tested() -> None:
    holds("""
handle = ruleset({"$or": [{"x": n} for n in range(400)]})
assert [n for n in range(-5, 405) if fired(handle, f'"x":{n}')] == list(range(400))
""")


def test_why_a_condition_has_one_key_and_alternatives_exclude_each_other() -> None:
    holds("""
handle = ruleset({"x": 1, "y": 2}, {"$or": [{"x": 1}, {"y": 1}]})
assert fired(handle, '"x":1,"y":1') == ["00", "01", "01"]
""")


def test_why_rulesets_are_built_anew_after_an_error() -> None:
    holds("""
handle = ruleset({"x": 1})
status, state = c.assert_fact(handle, '{"x":1,"id":"a","sid":"0"}')
assert c.start_action_for_state(handle, state)[1]
c.retract_fact(handle, '{"id":"a","sid":"0"}')  # but the action was never completed
assert fired(handle, '"x":1') == []  # which is wrong
close(handle)
handle = ruleset({"x": 1})
assert fired(handle, '"x":1') == ["00"]
""")


def test_why_properties_have_names_of_our_own() -> None:
    holds("""
handle = ruleset({"f6059": 1})
assert fired(handle, '"f264602":1') == ["00"]  # two names, one hash
""")


def test_rulesets_can_be_made_and_deleted_for_ever() -> None:
    holds("""
def cycle(times):
    for _ in range(times):
        handle = ruleset(*({"$gt": {"x": n}} for n in range(40)))
        assert len(fired(handle, '"x":100')) == 40
        close(handle)

cycle(20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
cycle(200)
assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2_000
""")
