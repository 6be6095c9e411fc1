# What the desktop shows beside the window: the tray, notifications, system dialogs.

## Buttons

button-show = Show
button-later = Later
button-resume = { $count ->
    [one] Resume
   *[other] Resume all
}

## Amounts

amount-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
amount-seconds = { $count } s
amount-minutes = { $count } min
amount-hours = { $count } h
amount-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
amount-decimal-mark = .
amount-left = { $time } left
amount-percent = { $count } %
amount-rate = { $bytes }/s

## The tray

tray-open = Open Carryon
tray-send = Send files…
tray-pause-all = Pause all
tray-resume-all = Resume all
tray-quit = Quit
tray-idle = Nothing is under way
tray-uploads = { $count ->
    [one] { $count } upload
   *[other] { $count } uploads
}
tray-resumable = { $count ->
    [one] { $count } upload can be resumed
   *[other] { $count } uploads can be resumed
}
tray-attention = { $count ->
    [one] { $count } upload needs you
   *[other] { $count } uploads need you
}

## Notifications

interrupted-title = { $count ->
    [one] The upload of “{ $name }” was interrupted
   *[other] { $count } uploads were interrupted
}
interrupted-body = Nothing that the destination confirmed is lost. Carry on where it stopped?
delivered-title = { $count ->
    [one] “{ $name }” arrived at { $destination }
   *[other] { $count } files arrived at { $destination }
}
delivered-title-mixed = { $count } files arrived
delivered-body = { $size }, all of it confirmed.
problem-title = { $count ->
    [one] “{ $name }” needs you
   *[other] { $count } uploads need you
}
problem-unauthorized = Its destination asks you to sign in again.
problem-source-changed = The file changed since its upload began.
problem-source-missing = The file is not where it was.
problem-outcome-unknown = Nobody knows whether it arrived whole.
problem-expired = It was not finished in time.
problem-failed = It failed, and what was confirmed is kept.
problem-many = They are listed in Carryon, with what can be done.

## Closing and quitting

closing-title = Carryon goes on in the tray
closing-body = What is under way carries on without the window. Open Carryon from its icon; Quit there ends it.
quit-title = Quit Carryon?
quit-body = { $count ->
    [one] { $count } upload is under way. It stops now; the next start offers to carry on where it stopped.
   *[other] { $count } uploads are under way. They stop now; the next start offers to carry on where they stopped.
}
quit-do = Quit
quit-keep = Keep running

## Pickers

pick-files = Which files are to be sent?
pick-certificates = Which file holds the certificates?
pick-located = Where is “{ $name }” now?
import-destinations = Which file holds the destinations?
export-destinations = Where are the destinations to be written?
pick-watched = Which folder is to be watched?

## Links

link-unknown = This link asks for something that Carryon does not do. Nothing was sent.
link-too-long = This link names more than a link can. Nothing was sent; drop the files on the window instead.
link-garbled = This link is damaged: its text cannot be read. Nothing was sent.
link-no-path = This link names no file. Nothing was sent.
link-bad-path = This link names “{ $path }”, which is no file on this computer. Nothing was sent.
link-address = This link names no saved destination. Carryon takes no address from a link; save the destination first.
save-table-title = Where should the table be saved?
save-receipts-title = Where should the receipts be saved?
pick-receive-folder = Which folder should files go to?
pick-tls-cert = Which file holds the certificate?
pick-tls-key = Which file holds the private key?
