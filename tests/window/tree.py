"""Prints what assistive technology hears of the app named first: a JSON line of [role, name] for everything that is shown."""

import json
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi


def walk(node, found):
    try:
        states = node.get_state_set()
        if states.contains(Atspi.StateType.SHOWING):
            found.append([node.get_role_name(), node.get_name() or ""])
        for index in range(node.get_child_count()):
            child = node.get_child_at_index(index)
            if child is not None:
                walk(child, found)
    except Exception:
        pass  # Gone while it was looked at.


until = time.time() + float(sys.argv[2])
while time.time() < until:
    desktop = Atspi.get_desktop(0)
    found = []
    for index in range(desktop.get_child_count()):
        app = desktop.get_child_at_index(index)
        if app is not None and sys.argv[1] in (app.get_name() or ""):
            walk(app, found)
    if any(role == "button" or role == "push button" for role, _ in found):
        print(json.dumps(found))
        sys.exit(0)
    time.sleep(0.5)
print(json.dumps(found))
