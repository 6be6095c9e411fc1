"""A desktop that shows icons in a tray (StatusNotifierItem), for tests.

A line of JSON on standard input is answered by one on standard output: {} tells each icon's label, icon and menu,
{"press": "Quit"} chooses that entry of the first icon's menu, {"host": false} shows icons no longer.
"""

import json
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Watcher(dbus.service.Object):
    items = []
    has_host = True

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender):
        name = sender + service if service.startswith("/") else service
        if name not in self.items:
            self.items.append(name)
        self.StatusNotifierItemRegistered(name)

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.signal(WATCHER, signature="s")
    def StatusNotifierItemRegistered(self, name):
        pass

    @dbus.service.signal(WATCHER)
    def StatusNotifierHostRegistered(self):
        pass

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    def living(self):
        """The icons of programs that are still there."""
        self.items[:] = [item for item in self.items if bus.name_has_owner(item.partition("/")[0])]
        return self.items

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {
            "IsStatusNotifierHostRegistered": dbus.Boolean(self.has_host),
            "RegisteredStatusNotifierItems": dbus.Array(self.living(), signature="s"),
            "ProtocolVersion": dbus.Int32(0),
        }


def proxy_of(item):
    service, _, path = item.partition("/")
    return bus.get_object(service, "/" + path)


def menu_of(item):
    """The menu's entries with words, and its object."""
    path = proxy_of(item).Get(ITEM, "Menu", dbus_interface=PROPERTIES)
    menu = dbus.Interface(bus.get_object(item.partition("/")[0], path), MENU)
    menu.AboutToShow(0)
    _, (_, _, children) = menu.GetLayout(0, -1, [])
    entries = [
        {"id": int(child[0]), "label": str(child[1]["label"]).replace("_", ""), "enabled": bool(child[1].get("enabled", True))}
        for child in children
        if "label" in child[1]
    ]
    return menu, entries


def told(item):
    get = lambda name: proxy_of(item).Get(ITEM, name, dbus_interface=PROPERTIES)
    return {"label": str(get("XAyatanaLabel")), "icon": str(get("IconName")), "menu": menu_of(item)[1]}


def do(request, watcher):
    if "host" in request:
        watcher.has_host = request["host"]
        return {}
    if "press" in request:
        menu, entries = menu_of(watcher.living()[0])
        entry = next(entry for entry in entries if entry["label"] == request["press"])
        menu.Event(entry["id"], "clicked", dbus.Int32(0), dbus.UInt32(0))
        return {"pressed": entry}
    return {"icons": [told(item) for item in watcher.living()]}


def heard(source, condition, watcher, loop):
    line = source.readline()
    if not line:
        loop.quit()
        return False
    try:
        answer = do(json.loads(line), watcher)
    except Exception as error:
        answer = {"error": repr(error)}
    print(json.dumps(answer), flush=True)
    return True


DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
name = dbus.service.BusName(WATCHER, bus)
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, heard, Watcher(bus, "/StatusNotifierWatcher"), loop)
print(json.dumps({"ready": True}), flush=True)
loop.run()
