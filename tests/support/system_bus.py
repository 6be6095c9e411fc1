"""A system's services for tests: NetworkManager, UPower and logind, as far as Carryon asks them.

A line of JSON on standard input says how things are: {"metered": 1}, {"on_battery": true, "percent": 12.0}. Lines on
standard output say what was asked: "ready", "inhibited WHAT MODE", "released".
"""

import json
import os
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

NETWORK = "org.freedesktop.NetworkManager"
POWER = "org.freedesktop.UPower"
LOGIN = "org.freedesktop.login1"
PROPERTIES = "org.freedesktop.DBus.Properties"
now = {"metered": 0, "on_battery": False, "percent": 100.0}


def say(line):
    print(line, flush=True)


class Properties(dbus.service.Object):
    def __init__(self, bus, path, values):
        super().__init__(bus, path)
        self.values = values

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.values[name]()


class Login(dbus.service.Object):
    @dbus.service.method(f"{LOGIN}.Manager", in_signature="ssss", out_signature="h")
    def Inhibit(self, what, who, why, mode):
        ours, theirs = os.pipe()
        GLib.io_add_watch(ours, GLib.IO_HUP, lambda *_: say("released") or os.close(ours))
        say(f"inhibited {what} {mode}")
        handed = dbus.types.UnixFd(theirs)
        os.close(theirs)
        return handed


def told(source, _):
    line = source.readline()
    if not line:
        loop.quit()
        return False
    now.update(json.loads(line))
    say("heard")
    return True


bus = dbus.bus.BusConnection(sys.argv[1], mainloop=DBusGMainLoop())
names = [dbus.service.BusName(name, bus) for name in (NETWORK, POWER, LOGIN)]
objects = [
    Properties(bus, "/org/freedesktop/NetworkManager", {"Metered": lambda: dbus.UInt32(now["metered"])}),
    Properties(bus, "/org/freedesktop/UPower", {"OnBattery": lambda: dbus.Boolean(now["on_battery"])}),
    Properties(
        bus,
        "/org/freedesktop/UPower/devices/DisplayDevice",
        {"IsPresent": lambda: dbus.Boolean(True), "Percentage": lambda: dbus.Double(now["percent"])},
    ),
    Login(bus, "/org/freedesktop/login1"),
]
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, told)
say("ready")
loop.run()
