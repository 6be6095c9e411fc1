# Destinations: their page, what is said of each, and the questions before one goes.

places-title = Destinations
places-lesson = Where files can go. Uploads stay with the destination they began with.
show-places = Destinations…
show-files = Finished files…
places-add = Add destination…
places-unread = The destinations cannot be read now.

## One of them

place-chosen = New files go here
place-use = Send new files here
place-files = Finished files…
place-open-folder = Open folder
place-edit = Edit…
place-copy = Duplicate…
place-remove = Remove…
place-deed = { $deed }: { $name }

place-no-name = Destination without a name
place-built-in = Built in
place-address-lost = its address was lost with damaged records: edit it to set it anew
place-unnamed = not saved under a name
place-needed = { $count ->
    [one] 1 unfinished upload needs it
   *[other] { $count } unfinished uploads need it
}
place-token-keychain = token in the keychain
place-token-session = token kept for this session only

## The kinds of servers

kind-fineuploader = Fine Uploader server
kind-tus = tus server
kind-ietf = IETF resumable upload
kind-cloudflare = Cloudflare Stream (tus)
kind-supabase = Supabase (tus)
kind-vimeo = Vimeo upload link (tus)

## What was done

place-used = New files go to { $name } from now on.
place-removed = { $name } was removed.
place-saved = { $name } was saved.
place-saved-keychain = { $name } was saved. Its token is kept in the keychain.
place-saved-session = { $name } was saved. Its token is kept for this session only ({ $why }): type it again after the next start.

## Questions

remove-title = Remove this destination?
remove-text = Carryon forgets it and its settings. What was sent there stays there.
remove-token = Its token is taken out of the keychain.
remove-next = New files go to This computer from then on.
remove-do = Remove
remove-keep = Keep it
leave-title = Leave without saving?
leave-text = What you typed is not saved yet.
leave-do = Leave
leave-keep = Keep editing

## The token that is kept

token-kept-keychain = A token is kept in the keychain.
token-kept-session = A token is kept for this session only.
token-stays = Leave this empty to go on with it.
token-elsewhere = It is for the server of the address before, and is forgotten when you save; type the one for this server.
token-forgotten = It is forgotten when you save.

## What a test found

verdict-good = It works. Files can be sent there.
verdict-half = It works, but something is not right:
verdict-bad = It does not work yet:
