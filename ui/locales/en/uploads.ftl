# The page of uploads: the way in, the lists, one upload and what can be done with it.

## The way in

drop-here = Drop files or folders here
drop-here-to = Drop files here: they go to
drop-closed = No files can be taken now
drop-release = Drop to upload
drop-release-to = Drop to upload to
drop-lesson =
    They go up piece by piece, in the background. If the network drops, the lid closes or the computer crashes, Carryon
    goes on from the last piece that arrived. Nothing starts over.
choose-files = Choose files…
choose-folder = Choose folder…
not-a-file = What was dropped is not a file on this computer. Save it first, then drop the saved file.
name-unreadable = This name cannot be read when it is dropped. Use Choose files… to pick the file instead.

closed-owned = Another Carryon has the records of uploads open.
closed-owned-todo = Close the other Carryon, then start this one again.
closed-broken = The records of uploads cannot be opened.
closed-broken-todo = Put that right, then start Carryon again.
closed-why = { $why } Without them nothing could go on after a crash. { $todo }

## The lists

resumable-title = Resumable
resumable-summary =
    { $count ->
        [one] { $count } upload stopped before it was finished. Resuming sends only what is missing.
       *[other] { $count } uploads stopped before they were finished. Resuming sends only what is missing.
    }
can-be-resumed =
    { $count ->
        [one] { $count } upload can be resumed.
       *[other] { $count } uploads can be resumed.
    }
queue-title = Uploads
finished-title = Finished
clear-finished = Clear finished
resume-all = Resume all
resume-all-paused = Resume all
    .aria-label = Resume all paused uploads
pause-all = Pause all
discard-all = Discard all…

upload-count =
    { $count ->
        [one] { $count } upload
       *[other] { $count } uploads
    }
running-of = { $running } of { $uploads } running

filter-label =
    .aria-label = Which uploads are shown
filter-all = All
filter-running = Running
filter-waiting = Waiting
filter-paused = Paused
filter-attention = Need you
filter-done = Finished
search-uploads =
    .aria-label = Search uploads
    .placeholder = Search name, folder, destination
nothing-found = No upload matches what you look for.
show-all-again = Show all

## A folder

folder-files =
    { $count ->
        [one] { $count } file
       *[other] { $count } files
    }
folder-running =
    { $count ->
        [one] { $count } running
       *[other] { $count } running
    }
folder-open =
    .aria-label = Show the files of { $name }
folder-close =
    .aria-label = Hide the files of { $name }

## States

state-queued = Queued
state-preparing = Preparing
state-uploading = Uploading
state-waiting = Waiting
state-paused = Paused
state-finishing = Finishing
state-done = Done
state-failed = Failed
state-interrupted = Interrupted
state-source_missing = File not found
state-source_changed = File changed
state-outcome_unknown = Not sure that it arrived
state-needs_sign_in = Sign-in needed
state-expired = Expired

reason-offline = Waiting for the network
reason-backoff = Waiting to try again
reason-busy = The server is busy
reason-captive_portal = This network wants a sign-in first
reason-metered = Waiting: this connection is metered
reason-power = Waiting for power
reason-crash = Interrupted when Carryon was closed unexpectedly
reason-closed = Interrupted when Carryon was closed

## What a row says

again-in = again in { $time }
to-destination = to { $destination }
at-destination = at { $destination }
starts-at = starts { $moment }
priority-is = priority { $priority }
all-was-sent = All { $size } was sent
of-earlier-version = { $part } of its earlier version is on the server
had-arrived = { $amount } had arrived
none-there-yet = { $size }, none of it on the server yet
all-is-safe = All { $size } is safe on the server
is-safe = { $amount } is safe on the server
chunks-left =
    { $count ->
        [one] { $count } chunk left
       *[other] { $count } chunks left
    }
progress-of = Progress of { $name }

explain-captive_portal = Open a web browser and sign in to the network. The upload then goes on by itself.
explain-source_missing =
    Press Locate… to show where the file is now, or put it back at { $path } and press Check again. What was sent is kept.
explain-source_changed =
    The file is no longer the one that was being sent. Start over sends it as it is now, from the beginning.
explain-outcome_unknown =
    Every byte was sent, but the server never answered the last step. Finish again asks it to put the file together once
    more, which some servers do not take well; Mark as done trusts that it arrived. If you can, look at the destination first.
explain-needs_sign_in = Sign in to { $destination } again, then resume.
explain-expired =
    The server may have removed what was sent. Try anyway asks it, and sends what is missing; Start over sends the whole
    file again.

## What can be done

do-pause = Pause
do-resume = Resume
do-try-anyway = Try anyway
do-send-anyway = Send anyway
do-locate = Locate…
do-check-again = Check again
do-start-over = Start over
do-discard = Discard
do-cancel = Cancel
do-finish-again = Finish again
do-mark-done = Mark as done
do-to = { $deed } { $name }
do-first = Send first
do-last = Send last
do-up = Move up
do-down = Move down
do-details = Details
do-close-details =
    .aria-label = Close details

was-found = { $name } was found.
was-added =
    { $count ->
        [one] { $count } upload added
       *[other] { $count } uploads added
    }
was-resumed = { $count } resumed
moved-first = They go first now.
moved-last = They go last now.
moved-before = Moved before { $name }.

discard-one = Discard this upload?
discard-many =
    { $count ->
        [one] Discard { $count } upload?
       *[other] Discard { $count } uploads?
    }
start-over-one = Start this upload over?
start-over-many =
    { $count ->
        [one] Start { $count } upload over?
       *[other] Start { $count } uploads over?
    }
held-is-lost = The { $amount } already on the server will be deleted and cannot be resumed from.
none-held =
    { $count ->
        [one] Nothing of it is on the server yet.
       *[other] Nothing of them is on the server yet.
    }
files-stay =
    { $count ->
        [one] The file on this computer stays where it is.
       *[other] The files on this computer stay where they are.
    }
all-again = Everything is then sent again from the beginning.
keep-it =
    { $count ->
        [one] Keep it
       *[other] Keep them
    }
keep-what-was-sent = Keep what was sent
and-more = and { $count } more

## What is said aloud

spoken-state = { $name }: { $state }.
spoken-count =
    { $count ->
        [one] { $count } upload: { $state }.
       *[other] { $count } uploads: { $state }.
    }

## Several at once

selected =
    { $count ->
        [one] { $count } selected
       *[other] { $count } selected
    }
selection =
    .aria-label = What is done with the selected uploads
clear-selection = Clear selection

## Details of one upload

details =
    .aria-label = Details
details-file = File
details-destination = Destination
details-size = Size
details-held = On the server
details-sent = Sent since the start
details-verified = Compared with the server's digests
details-chunks = Chunks
details-chunk-words = { $left } of { $count } left
details-added = Added
details-changed = Last activity
details-kept = Kept
details-location = Where it is now
chunk-map = Where every part of the file is
    .aria-label = { $held } % on the server, { $flying } parts on their way, { $again } sent again
legend-held = On the server
legend-flying = On its way
legend-waiting = Waiting
legend-again = Sent again
speed = Speed
speed-now =
    .aria-label = Speed over time: now { $now }, at most { $most }
speed-minute = Minute
speed-hour = Hour
speed-most = at most { $most }
speed-none = Nothing moved yet.
all-speeds = Speed of all uploads
