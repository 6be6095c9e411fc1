# The form of a destination: its fields, one plain sentence about each, and what can be wrong with them.

form-add = Add a destination
form-edit = Edit destination
form-copy = Duplicate destination
form-test = Test connection
form-stop-test = Stop the test
form-testing = Trying { $host }…
form-testing-it = Trying it…
form-save = Save
form-saving = Saving…
form-cancel = Cancel
form-unread = What is set about this destination cannot be read. Saving sets it anew, as it stands here.
form-copied = The copy needs an address of its own; its settings came along, its token did not.

check-steps =
    .aria-label = What was found
check-right = Right:
check-wrong = Wrong:

## Groups

group-server = Server
group-sending = Sending
group-trouble = When something goes wrong
group-allowed = What may be sent
group-protocol = Protocol
group-set = { $count } set

## Server

form-kind = Kind of server
form-address = Address
form-address-hint = Such as { $example }
form-address-hint-vimeo = The link that Vimeo gave for one video. The next video has another one.
form-plain = This address is not encrypted: anyone on the way can read the files and the token.
form-consent-before = Send to
form-consent-after = without encryption
form-done = “All chunks done” path
form-done-hint = The server's chunking.success.endpoint, such as /upload/done. Empty where it puts the file together by itself.
form-name = Name
form-name-hint = If empty, it is called { $host }.
form-token = Token (if the server asks for one)
form-token-new = New token
form-forget = Forget the token that is kept
form-profile = Known server
form-profile-hint = Fills the fields in as this server needs them; the address stays yours.
form-interop = Version of the draft
form-interop-hint = Only for servers that speak one version and do not say so.

profile-none = Another server
profile-carryon = Carryon's receiver
profile-npm = fine-uploader-server (npm)
profile-php = php-traditional-server

interop-any = The newest that both speak
interop-none = None
interop-version = Version { $version }

set-ca_file = File with a company's certificates
set-ca_file-hint = In PEM form; trusted beside this computer's own.
set-ca_file-pick = Choose…
    .aria-label = Choose a file with certificates

## Sending

set-chunk_size = Size of a chunk
set-chunk_size-hint = Such as 8 MB or 6 MiB. If empty, Carryon chooses.
set-connections = Chunks of one file at once
set-connections-hint = If empty, Carryon chooses.
set-tus-lanes = Parts of one file at once
set-tus-lanes-hint = Where the server can join them (extension concatenation); 1 if empty.
set-speed_limit = Speed limit
set-speed_limit-hint = Such as 2 MB/s; by the time of day, 2 MB/s, off@22:00-06:00.
set-scope = Belongs to
set-scope-hint = A user or a project: interrupted uploads are only matched within it.

## When something goes wrong

set-resume = When an upload was interrupted
set-resume-hint = What Carryon does with it after a crash or a restart.
set-resume-is-auto = As set for everything
set-resume-is-ask = Ask me whether it goes on
set-resume-is-always = Always go on by itself
set-resume-is-never = Begin it anew
set-resume-is-off = Keep nothing of it
set-lifetime_days = Days to keep unfinished uploads
set-lifetime_days-hint = 7 if empty; 0 for ever.
set-name_conflicts = When the server has a file of that name
set-name_conflicts-hint = The server has to list its files for that; see its path below, under Protocol.
set-name_conflicts-is-leave = Leave it to the server
set-name_conflicts-is-skip = Do not send the file
set-name_conflicts-is-rename = Send it as “name (2)”
set-repeat_finish = The last request may be repeated
set-repeat_finish-hint = Only where the server is known to take “all chunks done” twice: some destroy the file then.

## What may be sent

set-allowed_extensions = Only files that end in
set-allowed_extensions-hint = Such as jpg, tar.gz. If empty, any.
set-min_size = Smallest file
set-min_size-hint = Such as 1 kB. If empty, any.
set-max_size = Largest file
set-max_size-hint = Such as 4 GB. If empty, any.
set-allow_empty = Empty files are sent
set-allow_empty-hint = Some servers refuse a file without a byte in it.
set-item_limit = Files at one time
set-item_limit-hint = Only what goes beyond is left out. If empty, any number.

## Protocol: Fine Uploader

set-session = Path that lists the server's files
set-session-hint = If the server has one, such as /upload/session.
set-session-params = Parameters of that question
set-session-params-hint = Fixed texts, sent when the list is asked for.
set-session-headers = Headers of that question
set-session-headers-hint = Fixed texts. A token has its own field.
set-method = Method of uploads
set-method-hint = What chunks and whole files are sent with.
set-force_multipart = Bytes go as a form
set-force_multipart-hint = Off: the request holds the bytes and nothing else.
set-params_in_body = Parameters go into the form
set-params_in_body-hint = Off: they go into the address.
set-require_success_json = A yes needs a JSON answer
set-require_success_json-hint = Off: an empty answer counts as a yes.
set-concurrent = Chunks of one file at once
set-concurrent-hint = Some servers only take one chunk after the other.
set-concurrent-is-auto = Where there is an “all chunks done” path
set-concurrent-is-true = Yes
set-concurrent-is-false = No, one after the other
set-mandatory = Small files go in chunks too
set-mandatory-hint = A file of a single chunk is sent as all others are.
set-new_uuid_on_chunks = The server may rename uploads midway
set-new_uuid_on_chunks-hint = newUuid counts in answers to chunks; they go one by one then.
set-omit_default_params = Leave the protocol's own parameters out
set-omit_default_params-hint = For servers that only want those set below.
set-prevent_retry_property = Word that forbids another attempt
set-prevent_retry_property-hint = preventRetry, unless the server calls it otherwise.
set-headers = Further headers
set-headers-hint = Sent with each upload. { "{name}" }, { "{size}" }, { "{uuid}" } and others are filled in; never a secret.
set-params = Further parameters
set-params-hint = Sent with each upload. { "{name}" }, { "{path}" }, { "{size}" }, { "{mtime}" }, { "{uuid}" }, { "{batch}" } are filled in.
set-names = What the parameters are called
set-names-hint = As the server's request and chunking options name them.
set-done-method = Method of “all chunks done”
set-done-method-hint = GET and DELETE put the parameters into the address.
set-done-json_payload = “All chunks done” is sent as JSON
set-done-json_payload-hint = Off: as a form.
set-done-reset_on_status = Answers that ask for all chunks again
set-done-reset_on_status-hint = Statuses of “all chunks done”, such as 409, 410.
set-done-params = Parameters of “all chunks done”
set-done-params-hint = In place of all others, the upload's id too. If empty, the usual ones.
set-done-headers = Headers of “all chunks done”
set-done-headers-hint = In place of the further headers. If empty, those.
set-delete-method = How deleting is asked for
set-delete-method-hint = By the method itself, or by a form that says so.
set-delete-method-is-DELETE = DELETE
set-delete-method-is-POST = POST with _method=DELETE
set-delete-endpoint = Path to delete at
set-delete-endpoint-hint = If empty, that of uploads.
set-delete-params = Parameters of deleting
set-delete-params-hint = { "{uuid}" } is filled in.
set-delete-headers = Headers of deleting
set-delete-headers-hint = { "{uuid}" } is filled in. A token has its own field.

## Protocol: tus

set-tus-checksum = Each request bears a checksum
set-tus-checksum-hint = Where the server was seen to check them.
set-tus-headers = Further headers
set-tus-headers-hint = Sent when an upload is opened. { "{name}" }, { "{size}" }, { "{uuid}" } and others are filled in; never a secret.
set-tus-metadata = Further metadata
set-tus-metadata-hint = Such as bucketName. { "{name}" }, { "{path}" }, { "{size}" }, { "{uuid}" } and others are filled in.

## Small tables

table-name = Name
table-value = Value
table-add = Add a line
    .aria-label = Add a line: { $table }
table-remove = Remove
table-remove-named = Remove { $name }
table-remove-unnamed = Remove a line without a name
table-empty = None
parameter-uuid = The upload's id
parameter-filename = The file's name
parameter-total_file_size = Bytes in the file
parameter-part_index = The chunk's number
parameter-part_byte_offset = The chunk's first byte
parameter-chunk_size = Bytes in the chunk
parameter-total_parts = How many chunks
parameter-resume = That it resumes
parameter-input = The bytes themselves

## What can be wrong

wrong-done = This is neither a path nor an address on the same server. Write it as a path, such as /upload/done.
wrong-address-missing = The address is missing. It begins with https://.
wrong-address-kind = “{ $protocol }” is no kind of server that Carryon knows. Choose a kind above, and write the address as https://….
wrong-address = This is no address. Write it with https:// before the server's name.
wrong-address-host = This address names no server. Write it as https://server/path.
wrong-address-password = An address must not hold a user name or password. Take that out, and give a token below.
wrong-consent = Agree to this, or write the address with https://.
wrong-chunk_size = This is no size. Write it as 8 MB or 6 MiB, or leave it empty.
wrong-min_size = This is no size. Write it as 1 kB or 5 MB, or leave it empty.
wrong-min_size-above = This is more than the largest file: no file would be sent.
wrong-max_size = This is no size. Write it as 4 GB, or leave it empty.
wrong-count = Write a number from { $least } to { $most }, or leave it empty.
wrong-speed_limit = This is no speed. Write it as 2 MB/s, or as 2 MB/s, off@22:00-06:00.
wrong-lifetime_days = Write a number of days; 0 keeps uploads for ever. Or leave it empty.
wrong-session = Names can only be compared where the server lists its files: give the path of its list, or leave equal names to the server.
wrong-done-reset_on_status = Write statuses from 205 to 599, such as 409, 410.
wrong-table = Each line needs a name, and each name stands in one line.
wrong-names = Each needs a name.



## What each step of a test found (the app's own words are in English, and say more)

check-name-right = The server's name is known.
check-name-wrong = The server's name is not known. Check its spelling, or the network.
check-connection-right = Something answers at its port.
check-connection-wrong = It cannot be reached. Check the address, or whether the server runs.
check-answer-right = It answers.
check-answer-wrong = It takes connections, but does not answer as it should.
check-protocol-right = It speaks the chosen protocol.
check-protocol-wrong = It does not take uploads like this. Check the kind of server, the path and the token.
check-clock-right = The clocks agree.
check-clock-wrong = Its clock and this computer's are far apart. Set the one that is wrong.
