# The page of the watched folders.

watched-title = Watched folders
watched-lesson = What is new in these folders, and finished, goes up by itself, each file once.
watched-empty = Watch the folder that your camera, scanner or export fills: each new file goes up as soon as nothing writes to it any more.
watched-add = Watch a folder…

watched-form-new = Watch a folder
watched-form-edit = Change how it is watched
watched-path = Folder
watched-pick = Choose…
    .aria-label = Choose the folder
watched-path-help = A disk that is unplugged is no trouble: Carryon waits until it is back.
watched-destination = Send to
watched-destination-help = The destinations that you saved, and this computer.
watched-existing = What lies there already
watched-existing-later = Leave it; send only what comes from now on
watched-existing-all = Send it too
watched-existing-help = Holds for the moment in which the folder is added.
watched-after = When a file has arrived
watched-after-leave = Leave it where it is
watched-after-move = Move it into the folder “Sent”
watched-after-help = “Sent” lies in the watched folder. Nothing is ever deleted.
watched-more = More settings
watched-include = Only these files
watched-include-help = Such as *.mov, *.wav; if empty, all files.
watched-exclude = Not these files or folders
watched-exclude-help = Such as *_low.mov, proxies.
watched-subfolders = Watch the folders in it too
watched-subfolders-help = Their names are kept at the destination.
watched-all-names = Send hidden and unfinished names too
watched-all-names-help = Otherwise .hidden files, .part, .tmp, ~$ and the like are left out.
watched-again = Send a file again when it changes
watched-again-help = Otherwise a file that was sent stays as it was sent, and the list says how many changed.
watched-steady = Seconds without a change
watched-steady-help = A file counts as finished when its size and time stood still for so long.
watched-cancel = Cancel
watched-save = Save

watched-pause = Pause
watched-resume = Resume
watched-edit = Edit
watched-remove = Remove…
watched-named = { $deed }: { $name }

watched-state-watching = Watching
watched-state-missing = Folder missing
watched-state-paused = Paused
watched-state-trouble = Trouble
watched-state-resting = Not watching
watched-missing-why = The folder is not there. Its disk may be unplugged. Carryon goes on when it is back.
watched-counts = { $sent ->
        [0] Nothing sent yet
        [one] 1 file sent
       *[other] { $sent } files sent
    }{ $waiting ->
        [0] { "" }
       *[other] , { $waiting } waiting
    }
watched-changed = { $count ->
        [one] 1 file changed since it was sent, and was not sent again.
       *[other] { $count } files changed since they were sent, and were not sent again.
    }
watched-where = → { $destination }

watched-added = { $name } is watched from now on.
watched-saved = { $name } is watched as you set it.
watched-removed = { $name } is watched no more.
watched-no-path = Choose the folder that is to be watched.
watched-no-seconds = A whole number from 1 to 86400.
watched-remove-title = Watch this folder no more?
watched-remove-text = Its files stay where they are, and what was sent stays sent. What is under way goes on.
watched-remove-deed = Remove
watched-remove-keep = Keep watching
