"""Holds files in the clipboard, as a file manager does: their addresses are the arguments."""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk

window = Gtk.Window()
window.realize()
clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
# PyGObject offers no set_with_data: an owner of the selection answers for itself.
window.add_events(Gdk.EventMask.PROPERTY_CHANGE_MASK)
Gtk.selection_add_target(window, Gdk.SELECTION_CLIPBOARD, Gdk.Atom.intern("text/uri-list", False), 0)
window.connect("selection-get", lambda widget, data, info, time: data.set_uris(sys.argv[1:]))
if not Gtk.selection_owner_set(window, Gdk.SELECTION_CLIPBOARD, 0):
    sys.exit("the clipboard belongs to another")
print("ready", flush=True)
Gtk.main()
