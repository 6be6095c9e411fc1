"""A small window from which files can be dragged, as from a file manager.

A line of JSON on standard input, a list of file URIs, says what a drag from now on carries; "ready" answers it.
"""

import json
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk  # noqa: E402

carried = []


def heard(source, condition):
    line = source.readline()
    if not line:
        Gtk.main_quit()
        return False
    carried[:] = json.loads(line)
    print("ready", flush=True)
    return True


window = Gtk.Window(title="Files to drag", decorated=False)
window.set_default_size(240, 90)
grip = Gtk.EventBox()
grip.add(Gtk.Label(label="Files to drag"))
grip.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
grip.drag_source_add_uri_targets()
# A dot: without a compositor a larger picture leaves its trail on the windows that it passes.
grip.drag_source_set_icon_pixbuf(GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, 1, 1))
grip.connect("drag-data-get", lambda grip, context, selection, info, time: selection.set_uris(carried))
window.add(grip)
window.show_all()
window.move(1020, 790)
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, heard)
Gtk.main()
