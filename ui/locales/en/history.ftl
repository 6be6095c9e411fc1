# The history: what became of every upload, and the receipts of what was delivered.

nav-history = History
history-title = History
history-lesson = Every file that was delivered, discarded or expired stands here, with a receipt that proves what arrived.
history-empty = Nothing yet. When an upload ends, it is kept here with its receipt, so that you can prove later what arrived.
history-nothing-found = Nothing fits. Look for another word, or look at everything.
history-count = { $count ->
    [0] Nothing yet
    [one] { $count } entry, { $size }
   *[other] { $count } entries, { $size }
}
history-found = { $count ->
    [0] Nothing of { $total } entries
    [one] { $count } of { $total } entries, { $size }
   *[other] { $count } of { $total } entries, { $size }
}
history-list =
    .aria-label = Entries, the newest first
history-filters =
    .aria-label = Find in the history
history-search =
    .placeholder = Name, folder or destination
    .aria-label = Find by name, folder or destination
history-choice-ending = How it ended
history-choice-destination = Destination
history-choice-time = When
history-any-ending = However it ended
history-any-destination = All destinations
history-any-time = At any time
history-today = Today
history-last-7-days = Last 7 days
history-last-30-days = Last 30 days
history-last-365-days = Last 12 months
history-show-all = Show everything
history-more = { $count ->
    [one] Show { $count } more
   *[other] Show { $count } more
}

## How uploads end

history-ending-done = Delivered
history-ending-marked-done = Marked as done
history-ending-discarded = Discarded
history-ending-expired = Expired
history-ending-moved = Moved to another machine
history-removed-there = and removed at the destination
history-left-there = what the destination holds was left there

## How far it is proved

history-proof-server-digest = Proved: the destination named the digest of every byte
history-proof-read-back = Proved: it was read back and compared
history-proof-size-only = The destination said that it has all of it, without a digest
history-proof-none = Nobody but a person said that it is there
history-proof-short-server-digest = digest compared
history-proof-short-read-back = read back
history-proof-short-size-only = size only
history-proof-short-none = not proved

## One entry

history-details-of = Details: { $name }
history-to = to { $destination }
history-this-computer = This computer
history-close = Close
history-outcome = Outcome
history-proof = Proof
history-destination = Destination
history-scope = Scope
history-folder = Folder
history-path = Sent from
history-arrived = Lies in
history-location = Where the server put it
history-size = Size
history-bytes = { $size } ({ $count ->
    [one] { $count } byte
   *[other] { $count } bytes
})
history-added-at = Added
history-ended-at = Ended
history-modified-at = File last changed
history-resumed = Resumed
history-resumed-times = { $count ->
    [0] never interrupted
    [one] once
   *[other] { $count } times
}
history-sent = Bytes sent
history-sent-more = { $sent }, of which { $twice } twice
history-chunks = Chunks
history-chunks-proved = { $count ->
    [one] { $count } chunk; the destination named the digest of { $proved }
   *[other] { $count } chunks; the destination named the digests of { $proved }
}
history-blake3 = BLAKE3 of the file
history-sha256 = SHA-256 of the file
history-whole = Digest that the destination named
history-upload-id = Upload
history-attempt-id = Sent as
history-no-receipt = There is no receipt: the file was not delivered, or an older Carryon delivered it.

history-open-folder = Open folder
history-open-folder-arrived = Show what arrived
history-open = Open
history-copy-link = Copy link
history-copied = The link was copied.
history-not-copied = The link could not be copied.
history-verify = Verify
history-verify-arrived = Verify what arrived
history-verify-stop = Stop
history-save-receipt = Save receipt…
history-remove-one = Remove…

history-verifying = Comparing { $name } with the receipt: { $percent } %
history-verify-stopped = The comparison was stopped.
history-equal = Equal: every digest of { $name } is the one in the receipt.
history-other-size = Different: { $name } has { $size }, the file that was sent has { $sent }.
history-differs = { $ranges ->
    [0] Different: the digest of { $name } is not the one in the receipt.
    [one] Different: { $name } changed in one place: bytes { $first } to { $last }.
   *[other] Different: { $name } changed in { $ranges } places; the first is bytes { $first } to { $last }.
}

## Taking along and removing

history-save-table = Save as table…
history-save-receipts = Save receipts…
history-remove-found = { $isAll ->
    [yes] Remove all…
   *[no] Remove these…
}
history-saved-table = { $count ->
    [one] A table with { $count } entry was saved.
   *[other] A table with { $count } entries was saved.
}
history-saved-receipts = { $count ->
    [0] None of these entries has a receipt; the list is empty.
    [one] { $count } receipt was saved.
   *[other] { $count } receipts were saved.
}
history-remove-title = { $count ->
    [one] Remove this entry from the history?
   *[other] Remove { $count } entries from the history?
}
history-remove-text = { $count ->
    [one] Its receipt goes with it: what arrived can't be proved by Carryon any more. The file itself stays where it is.
   *[other] Their receipts go with them: what arrived can't be proved by Carryon any more. The files themselves stay where they are.
}
history-remove-do = Remove
history-remove-keep = Keep
history-removed = { $count ->
    [0] Nothing was removed.
    [one] { $count } entry was removed.
   *[other] { $count } entries were removed.
}
history-keep-label = Keep the history
history-keep-for-ever = For ever
history-keep-days-30 = For 30 days
history-keep-days-90 = For 90 days
history-keep-days-365 = For a year
history-keep-days-1825 = For 5 years
history-keep-days = { $count ->
    [one] For { $count } day
   *[other] For { $count } days
}
history-keep-title = { $count ->
    [one] { $count } entry is older than that
   *[other] { $count } entries are older than that
}
history-keep-do = Remove what is older
history-kept = This is kept from now on.
