# The built-in receiver: where this computer keeps what it receives, and who may send.

nav-receiving = Receiving
receiving-title = Receiving
receiving-lesson = Carryon can be a destination itself. Files that arrive are put together in one folder, piece by piece, and survive a crash or a power cut.
receiving-on = This computer receives
receiving-on-hint = { $state ->
    [on] It is a destination for this window, and for others if you let them in below.
    [waiting] Switched off. { $count ->
        [one] { $count } upload waits, paused; it goes on when you switch receiving on.
       *[other] { $count } uploads wait, paused; they go on when you switch receiving on.
    }
   *[off] Switched off. It is no destination until you switch it on.
}

receiving-folder = Folder
receiving-folder-choose = Choose…
receiving-folder-open = Open folder
receiving-folder-fixed = Carryon was started with this folder.
receiving-free = { $size } free on this disk
receiving-move-title = Receive into another folder?
receiving-move-text = { $count ->
    [one] { $count } upload is unfinished in the folder used until now. What is here of it stays there; it begins anew in the other folder, unless you come back to this one.
   *[other] { $count } uploads are unfinished in the folder used until now. What is here of them stays there; they begin anew in the other folder, unless you come back to this one.
}
receiving-move-do = Use the other folder
receiving-move-keep = Stay here
receiving-off-title = Switch receiving off?
receiving-off-text = { $count ->
    [one] { $count } upload is coming in. It is interrupted, nothing that is here is lost, and it can go on when you switch receiving on again.
   *[other] { $count } uploads are coming in. They are interrupted, nothing that is here is lost, and they can go on when you switch receiving on again.
}
receiving-off-do = Switch off
receiving-off-keep = Keep receiving

receiving-others = Who else may send here
receiving-door-closed = Nobody
receiving-door-here = Programs on this computer
receiving-door-network = Other computers in the network
receiving-plain-risk = Without a certificate nothing is encrypted: anyone in the network can read the files and the token on their way.
receiving-port = Port
receiving-port-hint = 0 takes a free one at each start.
receiving-cert = Certificate (PEM)
receiving-key = Its private key (PEM)
receiving-choose-cert =
    .aria-label = Choose the certificate
receiving-choose-key =
    .aria-label = Choose the private key
receiving-tls-hint = With both files others are spoken to with https.
receiving-names = Names others use for this computer
receiving-names-hint = With the port, such as nas.local:8080; several with commas between. Its numbers always work.
receiving-origins = Web pages that may send
receiving-origins-hint = Their origins, such as https://example.org; several with commas between.

receiving-address-title = What others need
receiving-token = Token
receiving-token-session = It can't be kept in the keychain: { $why }. At the next start there is another one.
receiving-copy = Copy
receiving-copy-of = Copy: { $name }
receiving-copied = Copied.
receiving-not-copied = It could not be copied. Select it, and copy it by hand.
receiving-new-token = New token…
receiving-renew-title = Make a new token?
receiving-renew-text = Whoever uses the present one is refused from then on, until they are given the new one.
receiving-renew-do = Make a new token
receiving-renew-keep = Keep this one
receiving-renewed = There is a new token.
receiving-fine-uploader = Fine Uploader
receiving-tus = tus
receiving-ietf = Resumable uploads (IETF)

receiving-limits = Limits
receiving-max-size = Largest file
receiving-max-size-hint = Such as 50 GB. If empty, any size.
receiving-min-free = Space to keep free
receiving-min-free-hint = Such as 10 GB. If empty, 67.1 MB.
receiving-keep-days = Days to keep what is unfinished
receiving-keep-days-hint = After its last byte.
receiving-not-a-size = Write a size, such as 50 GB.
receiving-not-a-number = Write a whole number.
receiving-not-a-port = A port is a number from 0 to 65535.
receiving-tls-half = Choose both files, or none.
receiving-apply = Apply
receiving-applied = This holds from now on.

receiving-coming = Coming in
receiving-coming-count = { $count ->
    [one] { $count } unfinished upload
   *[other] { $count } unfinished uploads
}
receiving-coming-facts = { $held } of { $size } · last byte { $when } · kept until { $until }
receiving-coming-unknown = { $held } so far · last byte { $when } · kept until { $until }
receiving-from = from { $who }
receiving-arrived = Arrived lately
receiving-nothing = Nothing has arrived yet. Drop a file on the page Uploads, or let others send here.
