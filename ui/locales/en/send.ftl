# Send to…: files for one destination, and how they go there.

send-to = Send to…
send-title = Send files
send-nothing = Nothing is chosen yet.
send-count = { $count ->
    [one] One file or folder
   *[other] { $count } files and folders
}
send-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
send-pick-files = Choose files…
send-pick-folders = Choose folders…
send-where = Where to
send-unknown = There is no destination “{ $name }” here. Choose another one.
send-options = How they are sent
send-start = Not before
send-start-hint = If empty, they start at once.
send-start-wrong = This is no moment. Choose a day and a time, or leave it empty.
send-priority = Order
send-priority-first = Before all others
send-priority-usual = In their turn
send-priority-last = After all others
send-resume = If it is interrupted
send-resume-carry-on = Carry on where it stopped
send-resume-start-over = Begin anew now, then carry on where it stops
send-resume-nothing = Keep nothing: begin anew next time
send-resume-hint = An upload of these files that was interrupted before goes on, unless it is to begin anew.
send-cancel = Cancel
send-do = Send
send-sending = Adding…
send-done = { $count ->
    [0] Nothing was added.
    [one] One upload goes to { $name }.
   *[other] { $count } uploads go to { $name }.
}
send-asked = Another program asks for this. Nothing has been sent yet.
send-asked-by-link = A link asks for this. Nothing of it has been read or sent yet: send it only if you know where the link comes from.
