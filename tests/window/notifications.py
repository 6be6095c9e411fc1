"""A notification service for tests.

Writes each Notify to standard output as a line of JSON. A line of JSON on standard input answers one:
{"id": 1, "press": "resume"} presses a button, {"id": 1} closes it unanswered.
"""

import json
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

NAME = "org.freedesktop.Notifications"
# A client may hear answers only a little after its Notify returned.
A_MOMENT_MS = 200


class Service(dbus.service.Object):
    last = 0

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, summary, body, actions, hints, timeout):
        if not replaces:
            Service.last += 1
        id = replaces or Service.last
        tell(id=id, app=app, replaces=replaces, summary=summary, body=body, actions=list(actions), timeout=timeout)
        return id

    @dbus.service.method(NAME, in_signature="u")
    def CloseNotification(self, id):
        self.NotificationClosed(id, 3)

    @dbus.service.method(NAME, out_signature="as")
    def GetCapabilities(self):
        return ["actions", "body"]

    @dbus.service.method(NAME, out_signature="ssss")
    def GetServerInformation(self):
        return ("tests", "carryon", "1", "1.2")

    @dbus.service.signal(NAME, signature="us")
    def ActionInvoked(self, id, action):
        pass

    @dbus.service.signal(NAME, signature="uu")
    def NotificationClosed(self, id, reason):
        pass

    def answer(self, id, press=None):
        if press is not None:
            self.ActionInvoked(id, press)
        self.NotificationClosed(id, 2)


def tell(**line):
    print(json.dumps(line), flush=True)


def heard(source, condition, service, loop):
    line = source.readline()
    if not line:
        loop.quit()
        return False
    GLib.timeout_add(A_MOMENT_MS, lambda: service.answer(**json.loads(line)))
    return True


DBusGMainLoop(set_as_default=True)
name = dbus.service.BusName(NAME, dbus.SessionBus())
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, heard, Service(name, "/org/freedesktop/Notifications"), loop)
tell(ready=True)
loop.run()
